namespace Federation.Health.Observations;

/// <summary>
/// The newest sequence that was seen of each agent process of one node, whether or not it was taken over: what comes again with an older one is a
/// copy of the past, however whole it is. Of a process whose sequence begins anew with each connection only the present connection's counts.
/// A connection is one process's: what comes on it of one that had spoken before its own process did is a copy too, though it never came before.
/// </summary>
internal sealed class NewestSequences
{
    // An agent that is started again is another process. Those of long ago tell nothing any more.
    private const int Remembered = 16;

    private readonly List<(string Instance, long Sequence, bool SpansConnections, Standing Standing)> _processes = [];
    private Standing _heard = Standing.FollowedBefore;

    // Which of two processes that speak on one connection is its own: the first set may be the copy.
    private enum Standing
    {
        FollowedBefore,
        LastBefore,
        NewOnThisConnection,
    }

    /// <summary>Why a set with this sequence is stale, for a person; else null. So is the last word of a process that another has followed.</summary>
    public string? IsStale(string instance, long sequence)
    {
        int at = _processes.FindIndex(process => process.Instance == instance);
        if (at < 0) return null;
        long newest = _processes[at].Sequence;
        bool followed = at < _processes.Count - 1;
        if (sequence < newest || (followed && sequence == newest)) return $"came after its {newest}";
        return _processes[at].Standing < _heard ? "came on the connection of a process that has followed it" : null;
    }

    /// <summary>A full set of a process came.</summary>
    public void Seen(string instance, long sequence, bool spansConnections)
    {
        int at = _processes.FindIndex(process => process.Instance == instance);
        Standing standing = at < 0 ? Standing.NewOnThisConnection : _processes[at].Standing;
        if (at >= 0) _processes.RemoveAt(at);
        _processes.Add((instance, sequence, spansConnections, standing));
        if (_processes.Count > Remembered) _processes.RemoveAt(0);
        if (standing > _heard) _heard = standing;
    }

    /// <summary>A delta of the process that was seen last came.</summary>
    public void Seen(long sequence) => _processes[^1] = _processes[^1] with { Sequence = sequence };

    /// <summary>The connection is over.</summary>
    public void ConnectionEnded()
    {
        _processes.RemoveAll(static process => !process.SpansConnections);
        for (int i = 0; i < _processes.Count; i++)
            _processes[i] = _processes[i] with { Standing = i < _processes.Count - 1 ? Standing.FollowedBefore : Standing.LastBefore };
        _heard = Standing.FollowedBefore;
    }
}
