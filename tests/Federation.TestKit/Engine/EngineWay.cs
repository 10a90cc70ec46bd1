namespace Federation.TestKit.Engine;

/// <summary>How an agent reaches an engine.</summary>
public enum EngineWay
{
    /// <summary>Beside it, by its Unix socket: the agent dials the plane (pull).</summary>
    Socket,

    /// <summary>From where the plane runs, over TCP with mutual TLS (push).</summary>
    Tcp,
}
