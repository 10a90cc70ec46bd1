namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>
/// What a cluster refuses is asked for again after a while that doubles from one second to a minute, and at once where something else is asked for: a quota or a
/// policy is not asked twice a second for ever. Thread-safe.
/// </summary>
internal sealed class RefusalPauses(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(60), Forgotten = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Refusal> _refusals = new(StringComparer.Ordinal);

    /// <summary>Whether it is too early to ask for the same once more.</summary>
    /// <param name="key">What it is about.</param>
    /// <param name="asked">What is asked for, in words that change with it.</param>
    public bool Waits(string key, string asked)
    {
        lock (_gate) return _refusals.TryGetValue(key, out Refusal? last) && last.Asked == asked && time.GetElapsedTime(last.At) < last.Pause;
    }

    /// <summary>It was refused.</summary>
    /// <param name="key">What it is about.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="why">The server's words.</param>
    public void Refused(string key, string asked, string why)
    {
        lock (_gate)
        {
            foreach (string old in _refusals.Where(one => time.GetElapsedTime(one.Value.At) > Forgotten).Select(static one => one.Key).ToArray()) _refusals.Remove(old);
            TimeSpan pause = _refusals.TryGetValue(key, out Refusal? last) && last.Asked == asked ? last.Pause * 2 : First;
            _refusals[key] = new Refusal(asked, why, time.GetTimestamp(), pause < Longest ? pause : Longest);
        }
    }

    /// <summary>Why it was refused last; null if it was not, or has been accepted since.</summary>
    public string? ReasonOf(string key)
    {
        lock (_gate) return _refusals.GetValueOrDefault(key)?.Why;
    }

    /// <summary>It was accepted, or is asked for no more.</summary>
    public void Forget(string key)
    {
        lock (_gate) _refusals.Remove(key);
    }

    private sealed record Refusal(string Asked, string Why, long At, TimeSpan Pause);
}
