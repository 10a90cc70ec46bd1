namespace Federation.Health.Service.Reports;

/// <summary>Moments since Health started, on the monotonic clock.</summary>
public sealed class HealthClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The clock underneath.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Since Health started.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_start);
}
