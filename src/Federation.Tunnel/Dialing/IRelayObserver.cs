namespace Federation.Tunnel.Dialing;

/// <summary>Told what passes through a relay. Each call must be short; they may come at once from several threads.</summary>
public interface IRelayObserver
{
    /// <summary>The data that the peer sends from now on belong to this trace (a W3C traceparent); empty: to none, and the exchange is over.</summary>
    void TraceChanged(string traceparent);

    /// <summary>Bytes came from the target.</summary>
    void Answered();

    /// <summary>The relay is over.</summary>
    void Ended();
}
