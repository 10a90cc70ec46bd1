namespace Federation.Adapters.Swarm.Journal;

/// <summary>Keeps the orders over the agent's death.</summary>
public interface ISwarmJournal
{
    /// <summary>What was kept; nothing at first.</summary>
    Task<SwarmOrders> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps the orders in place of those before; durable before it returns.</summary>
    /// <exception cref="IOException">They were not kept.</exception>
    Task SaveAsync(SwarmOrders orders, CancellationToken cancellationToken);
}
