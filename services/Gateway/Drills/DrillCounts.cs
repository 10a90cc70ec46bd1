using System.Collections.Concurrent;
using Federation.Contracts.Api;
using Federation.Domain.Drills;
using Federation.Gateway.Api;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Tunnels;
using Federation.ServiceDefaults.Drills;

namespace Federation.Gateway.Drills;

/// <summary>Cuts the tunnels of a cluster in a drill, and counts what the ingress answers meanwhile.</summary>
/// <param name="watch">Knows the drills.</param>
/// <param name="tunnels">The agents' tunnels.</param>
/// <param name="time">The clock.</param>
public sealed class DrillCounts(DrillWatch watch, TunnelRegistry tunnels, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<string, (long Requests, long Failed, bool Over)> _counts = new(StringComparer.Ordinal);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var began = new Dictionary<string, (long Requests, long Failed)>(StringComparer.Ordinal);
        while (true)
        {
            IReadOnlyList<Drill> active = watch.Active();
            (long requests, long failed) = GatewayMetrics.Ingress;
            foreach (Drill drill in active)
            {
                if (!began.TryGetValue(drill.Id, out (long Requests, long Failed) start)) began[drill.Id] = start = (requests, failed);
                _counts[drill.Id] = (requests - start.Requests, failed - start.Failed, false);
                foreach (var node in tunnels.Nodes.Where(node => node.Cluster == drill.Cluster)) await tunnels.CutAsync(node);
            }
            foreach (string id in began.Keys.Where(id => !active.Any(drill => drill.Id == id)).ToArray())
            {
                _counts[id] = (requests - began[id].Requests, failed - began[id].Failed, true);
                began.Remove(id);
            }
            await Task.Delay(active.Count > 0 ? Look : Look * 5, time, cancellationToken);
        }
    }

    /// <summary>The drills, with what was counted here.</summary>
    public async Task HandleAsync(HttpContext context, OwnerCalls calls)
    {
        RequestId.Ensure(context);
        if (await calls.GetAsync<ItemList<DrillView>>(context, "placement", "/v1/drills" + context.Request.QueryString) is not { } drills)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "Placement does not tell its drills", "placement does not answer, or does not allow it", retryAfterSeconds: 1);
            return;
        }
        await context.Response.WriteAsJsonAsync(
            new ItemList<DrillView>([.. drills.Items.Select(drill => _counts.TryGetValue(drill.Id, out (long Requests, long Failed, bool Over) counted)
                ? drill with { Requests = counted.Requests, FailedRequests = counted.Failed }
                : drill)]),
            Federation.Domain.Json.DomainJson.Options, context.RequestAborted);
    }
}
