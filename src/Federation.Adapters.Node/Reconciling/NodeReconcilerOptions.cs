using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;

namespace Federation.Adapters.Node.Reconciling;

/// <summary>What a node is told of itself.</summary>
public sealed record NodeReconcilerOptions
{
    /// <summary>The cluster it belongs to.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>Its name there.</summary>
    public required NodeId Node { get; init; }

    /// <summary>What workloads may use.</summary>
    public required ResourceAmount Allocatable { get; init; }

    /// <summary>The agent's version, to be reported.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The first port that replicas are given. Below the range from which the kernel takes ports for outgoing connections.</summary>
    public int FirstPort { get; init; } = 20_000;

    /// <summary>How many ports there are.</summary>
    public int Ports { get; init; } = 10_000;

    /// <summary>How often ends are looked for while anything runs.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a process must have run before it counts as ready where no check can be asked: one that cannot start at all ends sooner.</summary>
    public TimeSpan UncheckedSettle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a lease must be held without a gap before a singleton starts: by then orders that rest on its loss have arrived.</summary>
    public TimeSpan SingletonSettle { get; init; } = TimeSpan.FromSeconds(3);
}
