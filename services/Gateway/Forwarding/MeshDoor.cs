using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Routing.Tables;
using Federation.Security.Principals;
using Federation.Tunnel.Hosting;

namespace Federation.Gateway.Forwarding;

/// <summary>
/// Calls between workloads, which come through the callers' agents: the host names the callee as <c>name</c>, <c>name.namespace</c> or
/// <c>name.namespace.internal</c>, always in the caller's own tenant.
/// </summary>
public sealed class MeshDoor(GatewayTable table, ServiceForwarder forwarder)
{
    private const string Suffix = ".internal";

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ITunnelFeature tunnel = context.Features.Get<ITunnelFeature>() ?? throw new InvalidOperationException("a mesh request came by another way than a tunnel");
        MeshTarget caller = tunnel.Target.Mesh;
        string host = HostName.Normalise(context.Request.Host.Value).ToString().ToLowerInvariant();
        if (Resolve(caller, host) is not { } service || table.Current.FindService(service.ToString()) is null)
        {
            GatewayMetrics.NotRouted("mesh");
            RequestId.Ensure(context);
            await context.WriteProblemAsync(404, ProblemTypes.NotFound, "No such workload",
                $"{host} names no workload: use NAME for one in namespace {caller.Namespace}, or NAME.NAMESPACE");
            return;
        }
        ClusterId? near = tunnel.Peer is Peer.Agent agent ? agent.Node.Cluster : null;
        await forwarder.ForwardAsync(context, new ForwardTarget(service, null, near, $"mesh:{service}"));
    }

    private static WorkloadKey? Resolve(MeshTarget caller, string host)
    {
        if (host.EndsWith(Suffix, StringComparison.Ordinal)) host = host[..^Suffix.Length];
        string[] labels = host.Split('.');
        if (labels.Length > 2 || labels.Any(static label => Name.Violation(label) is not null)) return null;
        return new WorkloadKey(new TenantId(caller.Tenant), labels.Length == 2 ? labels[1] : caller.Namespace, labels[0]);
    }
}
