using Federation.Tunnel.Streams;

namespace Federation.Tunnel.Connections;

/// <summary>A tunnel's open streams by number. Each end numbers its own with a parity of its own, always upwards: a lower number is a stream that has ended. Thread-safe.</summary>
internal sealed class StreamTable(TunnelRole role, int maxConcurrentStreams)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, TunnelStream> _streams = [];
    private readonly uint _localParity = role == TunnelRole.Agent ? 1u : 0u;
    private long _nextLocal = role == TunnelRole.Agent ? 1 : 2;
    private long _lastPeer;
    private int _localCount;
    private int _peerCount;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_gate)
                return _streams.Count;
        }
    }

    /// <summary>Why a stream over the limit is refused, at either end.</summary>
    public string LimitReached => $"{maxConcurrentStreams} streams are open in this tunnel, which is its limit";

    public bool IsLocal(uint id) => (id & 1) == _localParity;

    /// <summary>Adds a stream of this end's; null where the table is closed.</summary>
    /// <exception cref="TunnelRefusedException">A limit is reached.</exception>
    public TunnelStream? AddLocal(Func<uint, TunnelStream> create)
    {
        lock (_gate)
        {
            if (_closed)
                return null;
            if (_localCount >= maxConcurrentStreams)
                throw new TunnelRefusedException(LimitReached);
            if (_nextLocal > uint.MaxValue)
                throw new TunnelRefusedException("the tunnel's stream numbers are used up: it has to be dialled again");
            TunnelStream stream = create((uint)_nextLocal);
            _nextLocal += 2;
            _localCount++;
            _streams.Add(stream.Id, stream);
            return stream;
        }
    }

    /// <summary>Adds a stream that the peer opens; null where the limit is reached or the table closed.</summary>
    /// <exception cref="TunnelProtocolException">The number is not the next of the peer's.</exception>
    public TunnelStream? AddPeer(uint id, Func<uint, TunnelStream> create)
    {
        lock (_gate)
        {
            if (IsLocal(id) || id <= _lastPeer)
                throw new TunnelProtocolException("an open with a number that is used or not the opener's");
            _lastPeer = id;
            if (_closed || _peerCount >= maxConcurrentStreams)
                return null;
            TunnelStream stream = create(id);
            _peerCount++;
            _streams.Add(id, stream);
            return stream;
        }
    }

    /// <summary>The stream; null where it has ended.</summary>
    /// <exception cref="TunnelProtocolException">It was never opened.</exception>
    public TunnelStream? Find(uint id)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(id, out TunnelStream? stream))
                return stream;
            if (IsLocal(id) ? id >= _nextLocal : id > _lastPeer)
                throw new TunnelProtocolException("a frame on a stream that was never opened");
            return null;
        }
    }

    /// <summary>Takes a stream out; false where it was out already. What the peer still sends for it is ignored.</summary>
    public bool Remove(TunnelStream stream)
    {
        lock (_gate)
        {
            if (!_streams.Remove(stream.Id))
                return false;
            if (IsLocal(stream.Id))
                _localCount--;
            else
                _peerCount--;
            return true;
        }
    }

    /// <summary>Takes all streams out, and takes no more in.</summary>
    public TunnelStream[] Close()
    {
        lock (_gate)
        {
            _closed = true;
            TunnelStream[] streams = [.. _streams.Values];
            _streams.Clear();
            _localCount = _peerCount = 0;
            return streams;
        }
    }
}
