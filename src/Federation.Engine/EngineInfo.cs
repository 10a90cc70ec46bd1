using System.Text.Json.Serialization;

namespace Federation.Engine;

/// <summary>What an engine is and can enforce.</summary>
public sealed record EngineInfo
{
    /// <summary>The engine's own id.</summary>
    [JsonPropertyName("ID")]
    public string Id { get; init; } = "";

    /// <summary>What its machine is called.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its release.</summary>
    public string ServerVersion { get; init; } = "";

    /// <summary><c>linux</c> or <c>windows</c>: what its containers run on.</summary>
    [JsonPropertyName("OSType")]
    public string OsType { get; init; } = "";

    /// <summary>Whether it can limit memory.</summary>
    public bool MemoryLimit { get; init; }

    /// <summary>Whether it can limit processor time.</summary>
    public bool CpuCfsQuota { get; init; }

    /// <summary>Whether containers go on while the daemon is away.</summary>
    public bool LiveRestoreEnabled { get; init; }

    /// <summary>What it is in a swarm; null if it does not say.</summary>
    public Swarm.SwarmMembership? Swarm { get; init; }

    /// <summary>What it confines containers by, as <c>name=seccomp,profile=default</c>.</summary>
    public IReadOnlyList<string>? SecurityOptions { get; init; }

    /// <summary>Runs without root, in a network of its own that the machine does not see.</summary>
    [JsonIgnore]
    public bool IsRootless => HasSecurity("rootless");

    /// <summary>Shifts the user ids of containers.</summary>
    [JsonIgnore]
    public bool RemapsUsers => HasSecurity("userns");

    private bool HasSecurity(string name) => SecurityOptions?.Any(option => option.Split(',').Contains("name=" + name, StringComparer.Ordinal)) ?? false;
}
