using Federation.Cli.Session;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Manifests;

namespace Federation.Cli.Applying;

/// <summary>What of a stack its files no longer have, and whether it is to go.</summary>
/// <param name="Stack">The stack.</param>
/// <param name="Doomed">What is to be removed.</param>
/// <param name="Kept">Volumes that stay although no file has them.</param>
internal sealed record PruneChoice(string Stack, IReadOnlyList<Doomed> Doomed, IReadOnlyList<Doomed> Kept)
{
    public static PruneChoice Nothing { get; } = new("", [], []);

    /// <summary>Compares the stack's files with what the plane has of it.</summary>
    public static async Task<PruneChoice> FindAsync(PlaneSession session, IReadOnlyList<DeclaredResource> declared, bool deleteVolumes, CancellationToken ct)
    {
        string stack = StackMembers.Only(declared);
        var wanted = declared.Where(resource => resource.Kind.Namespaced).Select(resource => new Doomed(resource.Kind, resource.Resource.Metadata.Namespace!, resource.Resource.Metadata.Name)).ToHashSet();
        IReadOnlyList<(ResourceKind Kind, Resource Item)> members = await StackMembers.ListAsync(session, stack, wanted.Select(one => one.Namespace), ct);
        Doomed[] gone = [.. members.Where(member => member.Item.Metadata.DeletionRequestedAt is null)
            .Select(member => new Doomed(member.Kind, member.Item.Metadata.Namespace!, member.Item.Metadata.Name)).Where(one => !wanted.Contains(one))
            .OrderByDescending(one => one.Kind.ApplyOrder).ThenBy(one => one.Name, StringComparer.Ordinal)];
        return new(stack, [.. gone.Where(one => deleteVolumes || !IsVolume(one))], [.. gone.Where(one => !deleteVolumes && IsVolume(one))]);
    }

    public static bool IsVolume(Doomed one) => one.Kind == ResourceKind.Of<Volume>();

    /// <summary>Lists what is to go and asks the person at the screen.</summary>
    /// <exception cref="CliException">The answer is no.</exception>
    public void Confirm(CliConsole console, bool yes)
    {
        foreach (Doomed one in Kept) console.Error.WriteLine($"{one.Text} is in no file any more and stays with its data; --delete-volumes removes it");
        if (Doomed.Count == 0) return;
        console.Error.WriteLine($"the stack {Stack} has what is in no file any more:");
        foreach (Doomed one in Doomed) console.Error.WriteLine($"  {one.Text} in {one.Namespace}");
        if (yes) return;
        console.Error.Write($"remove {(Doomed.Count == 1 ? "it" : $"these {Doomed.Count}")} after applying? [y/N] ");
        string? answer = console.In.ReadLine();
        if (answer?.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new CliException(ExitCode.Failed, "not confirmed; nothing was changed", "apply without --prune to keep them");
    }
}
