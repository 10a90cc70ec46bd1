using System.Text.Json;
using Federation.Adapters;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Json;
using Google.Protobuf;

namespace Federation.Agent.Node;

/// <summary>Orders as an agent tells that it holds them.</summary>
internal static class HeldOrders
{
    /// <summary>An order with the names of its material; the boxes stay here.</summary>
    public static AssignmentOrder Describe(DesiredAssignment desired)
    {
        var order = new AssignmentOrder
        {
            Id = desired.Assignment.Id.Value,
            AssignmentJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(desired.Assignment, DomainJson.Options)),
        };
        order.Material.AddRange(desired.Material.Select(static files => new SealedMaterial { Kind = files.Kind, Name = files.Name, Version = files.Version }));
        return order;
    }

    /// <summary>The material that is held for this very order; null if it is not.</summary>
    public static IReadOnlyList<SealedFiles>? MaterialOf(IReadOnlyList<DesiredAssignment> held, Assignment order) =>
        held.FirstOrDefault(desired => desired.Assignment.Id == order.Id && desired.Assignment.Revision == order.Revision)?.Material;
}
