using System.Globalization;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Ownership;

namespace Federation.Cli.Applying;

/// <summary>
/// Hands declared fields to the plane: a dry run of all first, so that one refusal changes nothing, then one kind after the other, those of a kind
/// side by side; then removes what the stack no longer has.
/// </summary>
internal sealed class ApplyRun(PlaneSession session, CliConsole console, ApplyChoices choices)
{
    public const string HowToSolveConflicts = "leave these fields out of the files, or take them over: --force-conflicts";

    private static readonly string StackField = FieldOwnership.PathOfKey("metadata.labels", StackLabel.Key);
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromMinutes(5);

    /// <param name="declared">What is declared.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="recordFirst">What must be on record before the first of it is written; nothing if left out.</param>
    public async Task RunAsync(IReadOnlyList<DeclaredResource> declared, CancellationToken ct, Func<CancellationToken, Task>? recordFirst = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        DeclaredResource[] ordered = [.. declared.OrderBy(resource => resource.Kind.ApplyOrder)];
        if (choices.Prune)
        {
            _ = StackMembers.Only(ordered);
            if (choices is { Yes: false, DryRun: false } && !console.InIsTerminal)
                throw new CliException(ExitCode.Usage, "--prune asks before it removes, and there is no terminal to ask at", "look with: fedctl diff --prune; then give --yes");
        }
        await CheckAsync(ordered, ct);
        PruneChoice prune = choices.Prune ? await PruneChoice.FindAsync(session, ordered, choices.DeleteVolumes, ct) : PruneChoice.Nothing;
        if (choices.DryRun)
        {
            foreach (Doomed one in prune.Doomed) console.Out.WriteLine($"{one.Text} deleted (dry run)");
            return;
        }
        prune.Confirm(console, choices.Yes);
        if (recordFirst is not null) await recordFirst(ct);

        var workloads = new List<(string, string)>();
        foreach (IGrouping<ResourceKind, DeclaredResource> kind in ordered.GroupBy(static resource => resource.Kind))
        {
            await OrderedCalls.RunAsync(kind, resource => ApplyAsync(resource, dryRun: false, ct), (resource, result) =>
            {
                console.Out.WriteLine($"{ResourceTarget.Of(kind.Key, resource.Resource.Metadata.Name)} {result.Result}");
                if (kind.Key == ResourceKind.Of<Workload>()) workloads.Add((resource.Resource.Metadata.Namespace!, resource.Resource.Metadata.Name));
            });
        }
        // Before the removal: what takes the place of the old is ready when the old goes.
        if (choices.WaitFor is { } timeout && workloads.Count > 0)
        {
            await new ReadyProgress(session, console).WaitAsync(workloads, timeout, ct);
            console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s"));
        }
        await new Removal(session, console).RunAsync(prune.Doomed, tolerant: true, choices.WaitFor is null ? null : LongestRemoval, ct);
    }

    private Task<ApplyResult> ApplyAsync(DeclaredResource resource, bool dryRun, CancellationToken ct) =>
        session.Client.ApplyFieldsAsync(resource.Kind, resource.Written, new ApplyOptions { FieldManager = choices.Manager, Force = choices.Force, DryRun = dryRun }, ct);

    private async Task CheckAsync(DeclaredResource[] ordered, CancellationToken ct)
    {
        int refusals = 0, conflicts = 0;
        await OrderedCalls.RunAsync(ordered, resource => CheckAsync(resource, ordered, ct), (resource, check) =>
        {
            if (check.Refused) refusals++;
            if (check.Conflicts) conflicts++;
            foreach (string line in check.Lines) console.Error.WriteLine($"{resource.Source}:{resource.Line}: {ResourceTarget.Of(resource.Kind, resource.Resource.Metadata.Name)}: {line}");
            if (choices.DryRun && check.Result is { } word) console.Out.WriteLine($"{ResourceTarget.Of(resource.Kind, resource.Resource.Metadata.Name)} {word} (dry run)");
        });
        if (refusals == 0) return;
        throw conflicts == refusals
            ? new CliException(ExitCode.Conflict, $"other writers own fields of {conflicts} of {ordered.Length}; nothing was changed", HowToSolveConflicts)
            : new CliException(ExitCode.InvalidInput, $"the plane refuses {refusals} of {ordered.Length}; nothing was changed", "correct the input and apply it again");
    }

    /// <summary>Whether a resource's namespace is declared in the same input, and so may be missing until it is applied.</summary>
    public static bool MakesNamespaceOf(IEnumerable<DeclaredResource> input, DeclaredResource resource) =>
        input.Any(other => other.Kind == ResourceKind.Of<Namespace>() && other.Resource.Metadata.Name == resource.Resource.Metadata.Namespace);

    private async Task<DryRun> CheckAsync(DeclaredResource resource, DeclaredResource[] input, CancellationToken ct)
    {
        try
        {
            ApplyResult result = await ApplyAsync(resource, dryRun: true, ct);
            return await StolenAsync(resource, result, ct) is { } other
                ? new DryRun { Refused = true, Lines = [$"it belongs to the stack {other}; remove it there, or take it over: --force-conflicts"] }
                : new DryRun { Result = result.Result };
        }
        catch (ApiException refusal) when ((int)refusal.Status is 400 or 409 or 413 or 422)
        {
            // The real apply asks again, once the namespace is there.
            if (refusal.Type == ProblemTypes.UnresolvedReference && MakesNamespaceOf(input, resource)) return new DryRun { Result = "created" };
            return new DryRun { Refused = true, Conflicts = refusal.Conflicts.Count > 0, Lines = [.. Failures.Lines(refusal)] };
        }
    }

    // Two stacks that name the same thing would take it from each other with every apply.
    private async Task<string?> StolenAsync(DeclaredResource resource, ApplyResult result, CancellationToken ct)
    {
        if (choices.Force || result.Result != "configured" || !result.Changed.Contains(StackField) || StackLabel.Of(resource.Resource.Metadata) is not { } stack) return null;
        Resource? live = await session.Client.FindAsync(resource.Kind, resource.Resource.Metadata.Name, resource.Resource.Metadata.Namespace, ct);
        return live is not null && StackLabel.Of(live.Metadata) is { } other && other != stack ? other : null;
    }
}
