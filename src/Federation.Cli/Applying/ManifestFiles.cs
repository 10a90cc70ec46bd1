using System.Text;
using System.Text.Json.Nodes;
using Federation.Manifests;
using Federation.Manifests.Compose;
using Federation.Manifests.Loading;

namespace Federation.Cli.Applying;

/// <summary>Reads what <c>-f</c> names: all of it, or every error and nothing.</summary>
internal static class ManifestFiles
{
    private const int MostAlike = 3;

    /// <exception cref="CliException">Something is wrong; every error has been printed.</exception>
    public static async Task<IReadOnlyList<DeclaredResource>> ReadAsync(IReadOnlyList<string> names, string defaultNamespace, CliConsole console, CancellationToken ct, string? stack = null)
    {
        ReadOutcome outcome = await ManifestLoader.LoadAsync(names, console.OpenIn, defaultNamespace, stacks: new StackChoices { Name = stack, Variable = Environment.GetEnvironmentVariable }, ct: ct);
        Warn(outcome.Warnings, console);
        return outcome switch
        {
            ReadOutcome.Accepted accepted => [.. accepted.Resources.Select(declared => InNamespace(declared, defaultNamespace))],
            ReadOutcome.Refused refused => throw Refused(refused.Errors, console),
            _ => throw new InvalidOperationException("an outcome is accepted or refused"),
        };
    }

    /// <summary>Reads Compose files as one stack.</summary>
    /// <exception cref="CliException">Something is wrong; every error has been printed.</exception>
    public static async Task<(ComposeStack Stack, IReadOnlyList<DeclaredResource> Resources)> ReadStackAsync(IReadOnlyList<string> files, StackChoices choices, string defaultNamespace, CliConsole console, CancellationToken ct)
    {
        ComposeOutcome outcome = await StackFiles.LoadAsync(files, console.OpenIn, choices with { Variable = Environment.GetEnvironmentVariable }, ct: ct);
        Warn(outcome.Warnings, console);
        return outcome switch
        {
            ComposeOutcome.Accepted accepted => (accepted.Stack, [.. accepted.Stack.Resources.Select(declared => InNamespace(declared, defaultNamespace))]),
            ComposeOutcome.Refused refused => throw Refused(refused.Errors, console),
            _ => throw new InvalidOperationException("an outcome is accepted or refused"),
        };
    }

    /// <summary>Reads a service that flags tell, in the form of a Compose file.</summary>
    /// <exception cref="CliException">Something is wrong; every error has been printed.</exception>
    public static IReadOnlyList<DeclaredResource> ReadService(string name, JsonObject file, string room, CliConsole console, string source = "service create")
    {
        ComposeOutcome outcome = ComposeReader.Read(new ComposeInput
        {
            Files = [new ComposeText(source, Encoding.UTF8.GetBytes(file.ToJsonString()))],
            Name = name,
            OfNoStack = true,
            Variable = Environment.GetEnvironmentVariable,
            Open = File.ReadAllBytes,
            // No variable stands in the flags, and none is looked for beside them.
            EnvironmentFiles = ["/dev/null"],
        });
        string own = $"services.{name}.";
        ManifestError Plain(ManifestError error) => error with { Source = source, Line = 0, Column = 0, Path = error.Path.StartsWith(own, StringComparison.Ordinal) ? error.Path[own.Length..] : error.Path };
        Warn([.. outcome.Warnings.Select(Plain)], console);
        return outcome switch
        {
            ComposeOutcome.Accepted accepted => [.. accepted.Stack.Resources.Select(declared => InNamespace(declared, room))],
            ComposeOutcome.Refused refused => throw Refused([.. refused.Errors.Select(Plain)], console),
            _ => throw new InvalidOperationException("an outcome is accepted or refused"),
        };
    }

    private static void Warn(IReadOnlyList<ManifestError> warnings, CliConsole console)
    {
        foreach (IGrouping<string, ManifestError> alike in warnings.GroupBy(static warning => warning.Rule, StringComparer.Ordinal))
        {
            ManifestError[] all = [.. alike];
            // So that the one that matters is not the hundredth.
            int shown = all.Length > MostAlike ? 1 : all.Length;
            foreach (ManifestError warning in all[..shown]) console.Error.WriteLine($"warning: {warning}");
            if (shown < all.Length) console.Error.WriteLine($"warning: {all.Length - shown} more of these, the last at {all[^1].Source}:{all[^1].Line}: {all[^1].Path}");
        }
    }

    private static CliException Refused(IReadOnlyList<ManifestError> errors, CliConsole console)
    {
        foreach (ManifestError error in errors) console.Error.WriteLine(error.ToString());
        return new CliException(ExitCode.InvalidInput, $"{(errors.Count == 1 ? "1 error" : $"{errors.Count} errors")}; nothing was changed", "correct the input and try again");
    }

    private static DeclaredResource InNamespace(DeclaredResource declared, string room)
    {
        if (!declared.Kind.Namespaced || declared.Resource.Metadata.Namespace is not null) return declared;
        declared.Written["metadata"]!["namespace"] = room;
        return declared with { Resource = declared.Resource with { Metadata = declared.Resource.Metadata with { Namespace = room } } };
    }
}
