using Federation.Contracts.Api;
using Federation.Gateway.Tables;
using Federation.Routing.Tables;

namespace Federation.Gateway.Forwarding;

/// <summary>Workload traffic from outside: one catch-all over the table of hosts and paths.</summary>
public sealed class IngressDoor(GatewayTable table, ServiceForwarder forwarder)
{
    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "/";
        if (HostilePath.IsHostile(path))
        {
            await context.WriteProblemAsync(400, ProblemTypes.InvalidResource, "The path is refused", "the path hides . or .. behind encoded slashes or backslashes");
            return;
        }
        string? host = context.Request.Host.Value;
        RouteMatch match = table.Current.Match(host, path);
        if (match.Entry is not { } entry)
        {
            GatewayMetrics.NotRouted("ingress");
            RequestId.Ensure(context);
            string shown = string.IsNullOrEmpty(host) ? "(none)" : host.Length > 300 ? host[..300] : host;
            await context.WriteProblemAsync(404, ProblemTypes.NotFound, "No route matches",
                match.HostKnown ? $"host {shown} has no route for this path" : $"no route has the host {shown}");
            return;
        }
        await forwarder.ForwardAsync(context, new ForwardTarget(entry.Service, entry.Port, null, entry.Key));
        if (!context.RequestAborted.IsCancellationRequested) GatewayMetrics.ServedOutside(context.Response.StatusCode);
    }
}
