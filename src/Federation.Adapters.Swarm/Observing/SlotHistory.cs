namespace Federation.Adapters.Swarm.Observing;

/// <summary>The tasks that ended in one slot of a service, as far as this agent saw them: the swarm itself forgets all but a few.</summary>
internal sealed class SlotHistory
{
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    /// <summary>How many ended.</summary>
    public int Ends => _ended.Count;

    /// <summary>How the last one ended, for a person.</summary>
    public string? LastEnd { get; private set; }

    /// <summary>Whether an end is new here.</summary>
    public bool IsNew(string task) => !_ended.Contains(task);

    /// <summary>Takes note of an end.</summary>
    public void Note(string task, string end)
    {
        if (_ended.Add(task)) LastEnd = end;
    }
}
