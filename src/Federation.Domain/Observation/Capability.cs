namespace Federation.Domain.Observation;

/// <summary>Names of what a cluster can run and enforce.</summary>
public static class Capability
{
    /// <summary>Runs the process form.</summary>
    public const string Process = "process";

    /// <summary>Runs the image form.</summary>
    public const string Image = "image";

    /// <summary>Enforces memory limits.</summary>
    public const string MemoryLimit = "memory-limit";

    /// <summary>Enforces CPU limits.</summary>
    public const string CpuLimit = "cpu-limit";

    /// <summary>Keeps tenants apart by user ids.</summary>
    public const string TenantIsolation = "tenant-isolation";

    /// <summary>Stops a singleton of its own when its lease ends.</summary>
    public const string Fencing = "fencing";

    /// <summary>Holds named volumes.</summary>
    public const string Volumes = "volumes";
}
