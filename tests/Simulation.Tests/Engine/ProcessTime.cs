namespace Simulation.Tests.Engine;

/// <summary>The clock as one process sees it: its timers go silent with it. Its wall clock may be apart from the others', and jump.</summary>
public sealed class ProcessTime(SimulatedProcess process, TimeProvider time, Func<TimeSpan> apart) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + apart();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(
        _ =>
        {
            if (!process.Alive) return;
            if (process.Paused) process.Hold(s => callback(s), state);
            else callback(state);
        },
        null, dueTime, period);
}
