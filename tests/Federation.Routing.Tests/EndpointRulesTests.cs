using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;
using Federation.Routing.Computation;
using Federation.Routing.Documents;

namespace Federation.Routing.Tests;

public class EndpointRulesTests
{
    private static readonly WorkloadKey Web = WorkloadKey.Parse("default/default/web");

    [Theory]
    [InlineData(ReplicaState.Ready, 1)]
    [InlineData(ReplicaState.Starting, 0)]
    [InlineData(ReplicaState.Unready, 0)]
    [InlineData(ReplicaState.Draining, 0)]
    [InlineData(ReplicaState.Stopping, 0)]
    [InlineData(ReplicaState.BackOff, 0)]
    [InlineData(ReplicaState.Ended, 0)]
    public void Compute_Replica_IsAnEndpointOnlyWhileReady(ReplicaState state, int expected) =>
        Assert.Equal(expected, Compute(Replica() with { State = state }).Count);

    [Fact]
    public void Compute_ReplicaWithoutAnOrderOfThatWorkloadAndNode_IsNoEndpoint()
    {
        Assert.Single(Compute(Replica()));
        Assert.Empty(Compute(Replica() with { Assignment = new AssignmentId("unknown") }));
        Assert.Empty(Compute(Replica() with { Assignment = new AssignmentId("of-api") }));
        Assert.Empty(Compute(Replica() with { Node = new NodeId("n2") }));
        Assert.Empty(Compute(Replica() with { Cluster = new ClusterId("b") }));
        Assert.Empty(Compute(Replica() with { Workload = WorkloadKey.Parse("other/default/web") }));
    }

    [Fact]
    public void Compute_Route_NormalisesHostAndPath()
    {
        var route = new Route
        {
            Metadata = new ResourceMetadata { Name = "shop", Namespace = "default", Tenant = new TenantId("default") },
            Spec = new RouteSpec { Host = "Shop.Localhost", Path = "/api/", Workload = "web", Port = "http" },
        };
        RouteEntry entry = RouteRules.Compute(route)!;
        Assert.Equal("shop.localhost/api", entry.Key);
        Assert.Equal(Web, entry.Service);
        Assert.Null(RouteRules.Compute(route with { Metadata = new ResourceMetadata { Name = "shop" } }));
    }

    private static IReadOnlyList<ServiceEndpoint> Compute(params ReplicaObservation[] replicas) => EndpointRules.Compute(Web, replicas, new Dictionary<AssignmentId, Assignment>
    {
        [new AssignmentId("of-web")] = Order("of-web", Web),
        [new AssignmentId("of-api")] = Order("of-api", WorkloadKey.Parse("default/default/api")),
    }).Endpoints;

    private static Assignment Order(string id, WorkloadKey workload) => new()
    {
        Id = new AssignmentId(id),
        Workload = workload,
        WorkloadUid = "u",
        Cluster = new ClusterId("a"),
        Node = new NodeId("n1"),
        Replicas = 1,
        Generation = 1,
        Revision = new TemplateRevision("rev"),
        Template = new WorkloadTemplate(),
    };

    private static ReplicaObservation Replica() => new()
    {
        Id = new ReplicaId("r1"),
        Assignment = new AssignmentId("of-web"),
        Workload = Web,
        Cluster = new ClusterId("a"),
        Node = new NodeId("n1"),
        Revision = new TemplateRevision("rev"),
        State = ReplicaState.Ready,
        Ports = [new ReplicaPort("http", 4000, PortProtocol.Http)],
    };
}
