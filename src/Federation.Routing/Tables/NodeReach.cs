using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Routing.Tables;

/// <summary>What is known right now of the way to a node. Shared by all tables, so that the loss of a node counts at once and in tables already in use.</summary>
public sealed class NodeReach(NodeKey node)
{
    private volatile bool _connected;
    private volatile int _verdict = (int)VerdictState.Unknown;

    /// <summary>The node.</summary>
    public NodeKey Node { get; } = node;

    /// <summary>Whether its tunnel is open. Without one nothing there can be reached.</summary>
    public bool Connected
    {
        get => _connected;
        set => _connected = value;
    }

    /// <summary>Health's judgement. Nodes whose contact is doubtful serve only where nothing else is left.</summary>
    public VerdictState Verdict
    {
        get => (VerdictState)_verdict;
        set => _verdict = (int)value;
    }

    /// <summary>Whether traffic should go elsewhere if it can.</summary>
    public bool Doubtful => Verdict.IsDoubtful();
}
