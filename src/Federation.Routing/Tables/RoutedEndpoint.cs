using Federation.Domain.Workloads;
using Federation.Routing.Documents;

namespace Federation.Routing.Tables;

/// <summary>An endpoint in a table: what it is, what has been learnt of it, and the way to its node.</summary>
/// <param name="Endpoint">What it is.</param>
/// <param name="State">What has been learnt of it.</param>
/// <param name="Reach">The way to its node.</param>
public sealed record RoutedEndpoint(ServiceEndpoint Endpoint, EndpointState State, NodeReach Reach)
{
    /// <summary>The port of that name, or the first that speaks HTTP; null if there is none, or it carries bytes only.</summary>
    public EndpointPort? Port(string? name)
    {
        IReadOnlyList<EndpointPort> ports = Endpoint.Ports;
        for (int i = 0; i < ports.Count; i++)
        {
            if (ports[i].Protocol is PortProtocol.Http or PortProtocol.Http2 && (name is null || string.Equals(ports[i].Name, name, StringComparison.Ordinal))) return ports[i];
        }
        return null;
    }
}
