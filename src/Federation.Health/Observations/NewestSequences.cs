namespace Federation.Health.Observations;

/// <summary>
/// The newest sequence that was seen of each agent process of one node, whether or not it was taken over: what comes again with an older one is a
/// copy of the past, however whole it is. Of a process whose sequence begins anew with each connection only the present connection's counts.
/// </summary>
internal sealed class NewestSequences
{
    // An agent that is started again is another process. Those of long ago tell nothing any more.
    private const int Remembered = 16;

    private readonly List<(string Instance, long Sequence, bool SpansConnections)> _processes = [];

    /// <summary>The newest sequence of the process, if one so old, or the last word of a process that another has followed, is stale; else null.</summary>
    public long? IsStale(string instance, long sequence)
    {
        int at = _processes.FindIndex(process => process.Instance == instance);
        if (at < 0) return null;
        long newest = _processes[at].Sequence;
        bool followed = at < _processes.Count - 1;
        return sequence < newest || (followed && sequence == newest) ? newest : null;
    }

    /// <summary>A full set of a process came.</summary>
    public void Seen(string instance, long sequence, bool spansConnections)
    {
        _processes.RemoveAll(process => process.Instance == instance);
        _processes.Add((instance, sequence, spansConnections));
        if (_processes.Count > Remembered) _processes.RemoveAt(0);
    }

    /// <summary>A delta of the process that was seen last came.</summary>
    public void Seen(long sequence) => _processes[^1] = _processes[^1] with { Sequence = sequence };

    /// <summary>The connection is over.</summary>
    public void ConnectionEnded() => _processes.RemoveAll(static process => !process.SpansConnections);
}
