using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Routing.Tables;

/// <summary>What is known right now of the way to a node. Shared by all tables, so that the loss of a node counts at once and in tables already in use.</summary>
public sealed class NodeReach(NodeKey node)
{
    private readonly object _gate = new();
    private CancellationTokenSource _standstill = new();
    private volatile bool _connected;
    private volatile bool _stalled;
    private long _answeredAt;
    private long _pongAt;
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

    /// <summary>Whether its tunnel is open and nothing comes out of it: its agent stands still, or the way to it does.</summary>
    public bool Stalled
    {
        get => _stalled;
        set
        {
            CancellationTokenSource? ended = null;
            lock (_gate)
            {
                if (_stalled == value) return;
                _stalled = value;
                if (value) ended = _standstill;
                else Volatile.Write(ref _standstill, new CancellationTokenSource());
            }
            ended?.Cancel();
        }
    }

    /// <summary>Fires when the node stalls: who can ask somebody else need not wait for it.</summary>
    public CancellationToken Standstill => Volatile.Read(ref _standstill).Token;

    /// <summary>When a replica there last answered a request, and when its agent last answered a ping, as timestamps of the caller's clock; null before the first.</summary>
    public (long? Answer, long? Pong) Heard => (Volatile.Read(ref _answeredAt) is not 0 and var answer ? answer : null, Volatile.Read(ref _pongAt) is not 0 and var pong ? pong : null);

    /// <summary>Whether Health doubts it.</summary>
    public bool Doubted => Verdict.IsDoubtful();

    /// <summary>Whether traffic should go elsewhere if it can.</summary>
    public bool Doubtful => _stalled || Doubted;

    /// <summary>A replica there answered a request.</summary>
    public void Answered(long timestamp) => Volatile.Write(ref _answeredAt, timestamp);

    /// <summary>Its agent answered a ping.</summary>
    public void Ponged(long timestamp) => Volatile.Write(ref _pongAt, timestamp);
}
