using Federation.Adapters;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;

namespace Federation.Agent.Loops;

/// <summary>What the agent holds that the plane may have lost.</summary>
public interface IHoldings
{
    /// <summary>The highest term obeyed.</summary>
    long Term { get; }

    /// <summary>Everything that is held: the orders, and what was kept of the declarations behind them.</summary>
    AgentInventory Tell();

    /// <summary>Keeps the declarations in place of those kept before; durable before it returns.</summary>
    void Keep(Keepsake keepsake);

    /// <summary>The sealed configs and secrets that are held for this very order; null if they are not.</summary>
    IReadOnlyList<SealedFiles>? Material(Assignment order);
}
