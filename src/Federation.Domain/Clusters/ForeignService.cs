using Federation.Domain.Workloads;

namespace Federation.Domain.Clusters;

/// <summary>A service of a swarm that is not the plane's, and the workload that it would be. Read from the swarm anew each time, and stored nowhere.</summary>
public sealed record ForeignService
{
    /// <summary>Its name in the swarm.</summary>
    public required string Name { get; init; }

    /// <summary>The stack that it was deployed with; null where it was not.</summary>
    public string? Stack { get; init; }

    /// <summary>How many tasks it is to have.</summary>
    public int Replicas { get; init; }

    /// <summary>How many of them run.</summary>
    public int Running { get; init; }

    /// <summary>Why it cannot be adopted; null if it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>What its tasks run, as a workload's template.</summary>
    public WorkloadTemplate Template { get; init; } = new();

    /// <summary>How its tasks are replaced by new ones.</summary>
    public UpdateStrategy Update { get; init; } = new();

    /// <summary>Networks of the swarm that it is in.</summary>
    public IReadOnlyList<AdoptedNetwork>? Networks { get; init; }

    /// <summary>Secrets of the swarm that it reads.</summary>
    public IReadOnlyList<AdoptedFile>? Secrets { get; init; }

    /// <summary>Configs of the swarm that it reads.</summary>
    public IReadOnlyList<AdoptedFile>? Configs { get; init; }

    /// <summary>Volumes of the swarm's machines that it has, by the names that they get.</summary>
    public IReadOnlyList<AdoptedVolume>? Volumes { get; init; }

    /// <summary>What a later version of the workload would not have of it: a sentence each. What runs keeps it.</summary>
    public IReadOnlyList<string> LaterWithout { get; init; } = [];

    /// <summary>The same as an adoption by a workload.</summary>
    public Adoption As(Identifiers.WorkloadKey workload) => new() { Service = Name, Workload = workload, Networks = Networks, Secrets = Secrets, Configs = Configs, Volumes = Volumes };
}
