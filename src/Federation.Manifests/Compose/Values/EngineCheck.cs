using Federation.Domain.Workloads;

namespace Federation.Manifests.Compose.Values;

/// <summary>How an engine checks a container where a file does not say: https://docs.docker.com/reference/dockerfile/#healthcheck.</summary>
internal static class EngineCheck
{
    public const int IntervalSeconds = 30;
    public const int TimeoutSeconds = 30;
    public const int Retries = 3;

    /// <summary>
    /// Seconds after which a container that never passes is given up: a swarm counts no failures in the period, and bears so many after it. Where a file gives no period it is no
    /// sooner than the plane does by itself: an engine alone would not end it at all.
    /// </summary>
    public static double GivenUpAfter(double? period, long retries, long interval) => period is { } told ? told + (retries * (double)interval) : Math.Max(new HealthCheck().StartSeconds, GivenUpAfter(0, retries, interval));

    /// <summary>The period with which a container is given up when the plane would; below 0 where there is none.</summary>
    public static double PeriodOf(HealthCheck check) => check.StartSeconds - GivenUpAfter(0, check.FailureThreshold, check.IntervalSeconds);
}
