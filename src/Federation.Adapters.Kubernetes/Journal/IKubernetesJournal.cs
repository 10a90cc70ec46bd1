namespace Federation.Adapters.Kubernetes.Journal;

/// <summary>Keeps the orders over the agent's death.</summary>
public interface IKubernetesJournal
{
    /// <summary>What was kept; nothing at first.</summary>
    Task<KubernetesOrders> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps the orders in place of those before; durable before it returns.</summary>
    /// <exception cref="IOException">They were not kept.</exception>
    Task SaveAsync(KubernetesOrders orders, CancellationToken cancellationToken);
}
