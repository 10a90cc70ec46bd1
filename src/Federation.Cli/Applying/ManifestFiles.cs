using Federation.Manifests;
using Federation.Manifests.Loading;

namespace Federation.Cli.Applying;

/// <summary>Reads what <c>-f</c> names: all of it, or every error and nothing.</summary>
internal static class ManifestFiles
{
    /// <exception cref="CliException">Something is wrong; every error has been printed.</exception>
    public static async Task<IReadOnlyList<DeclaredResource>> ReadAsync(IReadOnlyList<string> names, string defaultNamespace, CliConsole console, CancellationToken ct)
    {
        switch (await ManifestLoader.LoadAsync(names, console.OpenIn, defaultNamespace, ct: ct))
        {
            case ReadOutcome.Accepted accepted:
                return [.. accepted.Resources.Select(declared => InNamespace(declared, defaultNamespace))];
            case ReadOutcome.Refused refused:
                foreach (ManifestError error in refused.Errors) console.Error.WriteLine(error.ToString());
                throw new CliException(ExitCode.InvalidInput, $"{(refused.Errors.Count == 1 ? "1 error" : $"{refused.Errors.Count} errors")}; nothing was changed", "correct the input and try again");
            default:
                throw new InvalidOperationException("an outcome is accepted or refused");
        }
    }

    private static DeclaredResource InNamespace(DeclaredResource declared, string room)
    {
        if (!declared.Kind.Namespaced || declared.Resource.Metadata.Namespace is not null) return declared;
        declared.Written["metadata"]!["namespace"] = room;
        return declared with { Resource = declared.Resource with { Metadata = declared.Resource.Metadata with { Namespace = room } } };
    }
}
