using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>How readiness is told: exactly one of http, tcp and exec.</summary>
public sealed record HealthCheck
{
    /// <summary>Ready on a status from 200 to 399.</summary>
    public HttpCheck? Http { get; init; }

    /// <summary>Ready on an accepted connection.</summary>
    public TcpCheck? Tcp { get; init; }

    /// <summary>Ready on exit code 0.</summary>
    public ExecCheck? Exec { get; init; }

    /// <summary>Seconds between checks, 1 to 3600 (while starting, checks run four times a second).</summary>
    [Range(1, 3600)]
    public int IntervalSeconds { get; init; } = 2;

    /// <summary>Seconds until a check counts as failed, 1 to 3600.</summary>
    [Range(1, 3600)]
    public int TimeoutSeconds { get; init; } = 2;

    /// <summary>Failures in a row until a ready replica is unready, 1 to 1000.</summary>
    [Range(1, 1000)]
    public int FailureThreshold { get; init; } = 3;

    /// <summary>Seconds a replica may take to become ready before it is ended and started again, 1 to 86400.</summary>
    [Range(1, 86400)]
    public int StartSeconds { get; init; } = 60;
}
