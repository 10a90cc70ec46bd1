using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Routing.Documents;

namespace Federation.Routing.Computation;

/// <summary>
/// From replicas and orders to endpoints. Verdicts are not in it: gateways weigh a node's verdict and tunnel at each choice, so that the loss
/// of a cluster is one small change and not a change of every service.
/// </summary>
public static class EndpointRules
{
    /// <summary>The endpoints of one workload.</summary>
    /// <param name="service">The workload.</param>
    /// <param name="replicas">What agents report under its name.</param>
    /// <param name="assignments">Placement's orders by id. A replica that serves none, or another node's, is no endpoint: an agent's word alone makes none.</param>
    /// <param name="trial">The revision on trial, if any.</param>
    public static ServiceEndpoints Compute(
        WorkloadKey service, IEnumerable<ReplicaObservation> replicas, IReadOnlyDictionary<AssignmentId, Assignment> assignments, TemplateRevision? trial = null) => new()
        {
            Service = service,
            Trial = trial,
            Endpoints =
        [
            .. replicas
                .Where(replica => replica.State == ReplicaState.Ready && replica.Workload == service && replica.Node is not null && replica.Ports.Count > 0)
                .Where(replica => assignments.TryGetValue(replica.Assignment, out Assignment? order)
                    && order.Workload == service && order.Cluster == replica.Cluster && (order.Node is null || order.Node == replica.Node))
                .OrderBy(static replica => replica.Id)
                .Select(replica => new ServiceEndpoint
                {
                    Replica = replica.Id,
                    Node = new NodeKey(replica.Cluster, replica.Node!.Value),
                    Trial = replica.Revision == trial,
                    Ports = [.. replica.Ports.Select(static port => new EndpointPort(port.Name, port.Protocol))],
                }),
        ],
        };
}
