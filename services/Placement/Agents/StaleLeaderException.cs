namespace Federation.Placement.Agents;

/// <summary>An agent has obeyed a higher term than ours.</summary>
public sealed class StaleLeaderException(long term, long obeyed)
    : InvalidOperationException($"this process leads term {term}, but the agent has obeyed term {obeyed}");
