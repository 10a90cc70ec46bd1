using Federation.Cli.Session;
using Federation.Client;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Manifests;

namespace Federation.Cli.Applying;

/// <summary>Hands declared resources to the plane: a dry run of all first, so that one refusal changes nothing, then one after the other in the order of kinds.</summary>
internal sealed class ApplyRun(PlaneSession session, CliConsole console)
{
    public async Task ApplyAsync(IReadOnlyList<DeclaredResource> declared, bool dryRun, TimeSpan? waitFor, CancellationToken ct)
    {
        DeclaredResource[] ordered = [.. declared.OrderBy(resource => resource.Kind.ApplyOrder)];
        await CheckAsync(ordered, dryRun, ct);
        if (dryRun) return;
        var workloads = new List<(string, string)>();
        foreach (DeclaredResource resource in ordered)
        {
            ApplyResult result = await session.Client.ApplyAsync(resource.Resource, ct: ct);
            console.Out.WriteLine($"{ResourceTarget.Of(resource.Kind, resource.Resource.Metadata.Name)} {result.Result}");
            if (resource.Kind == ResourceKind.Of<Workload>()) workloads.Add((resource.Resource.Metadata.Namespace!, resource.Resource.Metadata.Name));
        }
        if (waitFor is not { } timeout || workloads.Count == 0) return;
        long start = TimeProvider.System.GetTimestamp();
        await new ReadyProgress(session, console).WaitAsync(workloads, timeout, ct);
        console.Out.WriteLine($"ready after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");
    }

    private async Task CheckAsync(DeclaredResource[] ordered, bool tell, CancellationToken ct)
    {
        int refusals = 0;
        foreach (DeclaredResource resource in ordered)
        {
            string word;
            try
            {
                word = (await session.Client.ApplyAsync(resource.Resource, new ApplyOptions { DryRun = true }, ct)).Result;
            }
            catch (ApiException refusal) when ((int)refusal.Status is 400 or 409 or 413 or 422)
            {
                // What is missing now may be part of this very input; the real apply asks again.
                if (refusal.Type == ProblemTypes.UnresolvedReference && ordered.Length > 1 && !tell) continue;
                refusals++;
                foreach (string line in Failures.Lines(refusal)) console.Error.WriteLine($"{resource.Source}:{resource.Line}: {ResourceTarget.Of(resource.Kind, resource.Resource.Metadata.Name)}: {line}");
                continue;
            }
            if (tell) console.Out.WriteLine($"{ResourceTarget.Of(resource.Kind, resource.Resource.Metadata.Name)} {word} (dry run)");
        }
        if (refusals > 0) throw new CliException(ExitCode.InvalidInput, $"the plane refuses {refusals} of {ordered.Length}; nothing was changed", "correct the input and apply it again");
    }
}
