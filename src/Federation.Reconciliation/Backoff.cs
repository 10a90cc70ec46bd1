namespace Federation.Reconciliation;

/// <summary>Pauses that double from the first to the longest.</summary>
/// <param name="First">After one failure.</param>
/// <param name="Longest">Never above this.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>50 ms to 5 s, for loops inside the plane.</summary>
    public static Backoff Default { get; } = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    /// <summary>The pause after so many failures in a row, counted from 1.</summary>
    public TimeSpan Pause(int failures)
    {
        double factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return TimeSpan.FromTicks((long)Math.Min(First.Ticks * factor, Longest.Ticks));
    }
}
