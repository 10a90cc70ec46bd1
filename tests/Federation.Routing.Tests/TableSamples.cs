using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Routing.Documents;
using Federation.Routing.Tables;

namespace Federation.Routing.Tests;

internal static class TableSamples
{
    public static RouteEntry Route(string host, string path = "/", string service = "default/default/web", string? port = null) => new()
    {
        Host = host,
        Path = path,
        Service = WorkloadKey.Parse(service),
        Port = port,
    };

    public static ServiceEndpoints Service(string service, params (string Replica, string Node)[] endpoints) => new()
    {
        Service = WorkloadKey.Parse(service),
        Endpoints = [.. endpoints.Select(endpoint => Endpoint(endpoint.Replica, endpoint.Node))],
    };

    public static ServiceEndpoint Endpoint(string replica, string node, params EndpointPort[] ports) => new()
    {
        Replica = new ReplicaId(replica),
        Node = NodeKey.Parse(node),
        Ports = ports.Length > 0 ? ports : [new EndpointPort("http", PortProtocol.Http)],
    };

    public static string[] Replicas(this RoutedService service) => [.. service.Endpoints.ToArray().Select(endpoint => endpoint.Endpoint.Replica.Value)];

    public static void Connect(this RouteTableBuilder builder, params string[] nodes)
    {
        foreach (string node in nodes) builder.Reach(NodeKey.Parse(node)).Connected = true;
    }
}
