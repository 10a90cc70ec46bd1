using System.Globalization;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Manifests;

namespace Federation.Cli.Diffing;

/// <summary>Shows what an apply would change, resource by resource, as the plane itself computes it.</summary>
internal sealed class DiffRun(PlaneSession session, CliConsole console, ApplyChoices choices)
{
    private int _created, _changed, _removed, _unchanged;

    /// <returns>Whether anything would change.</returns>
    /// <exception cref="CliException">The plane refuses some of it.</exception>
    public async Task<bool> RunAsync(IReadOnlyList<DeclaredResource> declared, CancellationToken ct)
    {
        int refusals = 0, conflicts = 0;
        DeclaredResource[] ordered = [.. declared.OrderBy(resource => resource.Kind.ApplyOrder)];
        foreach (DeclaredResource resource in ordered)
        {
            ResourceMetadata metadata = resource.Resource.Metadata;
            Resource? live = await session.Client.FindAsync(resource.Kind, metadata.Name, metadata.Namespace, ct);
            try
            {
                ApplyResult result = await session.Client.ApplyFieldsAsync(
                    resource.Kind, resource.Written, new ApplyOptions { FieldManager = choices.Manager, Force = choices.Force, DryRun = true }, ct);
                Show(ResourceTarget.Of(resource.Kind, metadata.Name), DiffView.Now(live), DiffView.After(result));
            }
            catch (ApiException refusal) when (refusal.Type == ProblemTypes.UnresolvedReference && live is null && ApplyRun.MakesNamespaceOf(ordered, resource))
            {
                // It would be made as it is declared.
                Show(ResourceTarget.Of(resource.Kind, metadata.Name), "", DiffView.After(new ApplyResult(resource.Resource, "created", [])));
            }
            catch (ApiException refusal) when ((int)refusal.Status is 400 or 409 or 413 or 422)
            {
                refusals++;
                if (refusal.Conflicts.Count > 0) conflicts++;
                foreach (string line in Failures.Lines(refusal)) console.Error.WriteLine($"{resource.Source}:{resource.Line}: {ResourceTarget.Of(resource.Kind, metadata.Name)}: {line}");
            }
        }
        if (choices.Prune) await ShowRemovedAsync(ordered, ct);
        if (refusals > 0)
        {
            throw conflicts == refusals
                ? new CliException(ExitCode.Conflict, $"other writers own fields of {conflicts} of {ordered.Length}", ApplyRun.HowToSolveConflicts)
                : new CliException(ExitCode.InvalidInput, $"the plane refuses {refusals} of {ordered.Length}", "correct the input");
        }
        console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_created} to create, {_changed} to change, {_removed} to remove, {_unchanged} unchanged"));
        return _created + _changed + _removed > 0;
    }

    private async Task ShowRemovedAsync(DeclaredResource[] declared, CancellationToken ct)
    {
        PruneChoice prune = await PruneChoice.FindAsync(session, declared, choices.DeleteVolumes, ct);
        foreach (Doomed one in prune.Doomed)
        {
            if (await session.Client.FindAsync(one.Kind, one.Name, one.Namespace, ct) is { } live) Show(one.Text, DiffView.Now(live), "");
        }
    }

    private void Show(string name, string before, string after)
    {
        string hunks = UnifiedDiff.Hunks(before, after);
        if (hunks.Length == 0)
        {
            _unchanged++;
            return;
        }
        if (before.Length == 0) _created++;
        else if (after.Length == 0) _removed++;
        else _changed++;
        Write($"--- {(before.Length == 0 ? "/dev/null" : name)}", 1);
        Write($"+++ {(after.Length == 0 ? "/dev/null" : name)}", 1);
        foreach (string line in hunks.TrimEnd('\n').Split('\n')) Write(line, line[0] switch { '+' => 32, '-' => 31, '@' => 36, _ => 0 });
    }

    private void Write(string line, int colour) => console.Out.Write(console.OutIsTerminal && colour > 0 ? $"\e[{colour}m{line}\e[0m\n" : line + "\n");
}
