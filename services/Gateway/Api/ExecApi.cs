using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Gateway.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Api;

/// <summary>Passes a command for one replica on to its agent, upgrades included. Which replica is asked for by <c>?replica=</c>; the workload's only one if it has one.</summary>
public sealed class ExecApi(WorkloadReplicas workloads, AgentDoor agents, IHttpForwarder forwarder, ReachAudit audit)
{
    private static readonly ForwarderRequestConfig Config = new()
    {
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = TimeSpan.FromMinutes(15),
    };

    /// <summary>Answers a call.</summary>
    public async Task HandleAsync(HttpContext context, string inNamespace, string workload)
    {
        RequestId.Ensure(context);
        if (await workloads.ListAsync(context, inNamespace, workload) is not { } known)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The replicas are not known", "health does not answer, and it alone knows where the replicas are", retryAfterSeconds: 1);
            return;
        }
        string? asked = context.Request.Query["replica"];
        ReplicaView[] fitting = [.. known.Where(replica => replica.Node is not null && (asked is null || replica.Id == asked))];
        if (fitting is not [{ } replica])
        {
            await context.WriteProblemAsync(404, ProblemTypes.NotFound, "No such replica",
                asked is not null ? $"{inNamespace}/{workload} has no replica {asked}" : $"{inNamespace}/{workload} has {fitting.Length} replicas: say which by ?replica=");
            return;
        }
        var node = new NodeKey(new ClusterId(replica.Cluster), new NodeId(replica.Node!));
        // A call without an upgrade runs nothing: the agent only says how to ask.
        if (context.WebSockets.IsWebSocketRequest && !await audit.RecordAsync(context, "exec", inNamespace, workload, $"replica {replica.Id} on {node}")) return;
        context.Request.Path = AgentApi.Exec(replica.Id);
        ForwarderError error = await forwarder.SendAsync(context, AgentDoor.Address, agents.To(node), Config, WithoutToken.Instance, CancellationToken.None);
        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The agent cannot be reached", $"the agent of {node} cannot be reached", retryAfterSeconds: 1);
    }

    // The caller's token is for the plane's services, not for nodes.
    private sealed class WithoutToken : HttpTransformer
    {
        public static WithoutToken Instance { get; } = new();

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await ForwardTransformer.Instance.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Authorization = null;
        }
    }
}
