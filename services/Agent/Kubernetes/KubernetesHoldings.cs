using Federation.Adapters;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Agent.Loops;
using Federation.Agent.Node;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;

namespace Federation.Agent.Kubernetes;

/// <summary>A cluster's holdings: the orders of its agent's journal, and a file beside it with what stands behind them.</summary>
/// <param name="reconciler">Knows the orders.</param>
/// <param name="keepsake">The file.</param>
public sealed class KubernetesHoldings(KubernetesReconciler reconciler, KeepsakeFile keepsake) : IHoldings
{
    /// <inheritdoc/>
    public long Term => reconciler.KnownTerm;

    /// <inheritdoc/>
    public AgentInventory Tell()
    {
        var inventory = new AgentInventory { Term = reconciler.KnownTerm, Revision = reconciler.KnownRevision };
        inventory.Assignments.AddRange(reconciler.Desired.Select(HeldOrders.Describe));
        inventory.Documents.AddRange(keepsake.Read().Documents);
        return inventory;
    }

    /// <inheritdoc/>
    public void Keep(Keepsake kept) => keepsake.Write(kept);

    /// <inheritdoc/>
    public IReadOnlyList<SealedFiles>? Material(Assignment order) => HeldOrders.MaterialOf(reconciler.Desired, order);
}
