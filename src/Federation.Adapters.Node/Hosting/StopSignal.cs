namespace Federation.Adapters.Node.Hosting;

/// <summary>How a replica is told to end.</summary>
public enum StopSignal
{
    /// <summary>Its main process is asked to end (SIGTERM).</summary>
    Terminate,

    /// <summary>All its processes end at once (SIGKILL).</summary>
    Kill,
}
