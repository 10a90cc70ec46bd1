namespace Federation.Tunnel.Connections;

/// <summary>Why a tunnel ended.</summary>
public abstract record TunnelEnd
{
    private TunnelEnd() { }

    /// <summary>For a person.</summary>
    public abstract string Reason { get; }

    /// <summary>This end was disposed.</summary>
    public sealed record Disposed : TunnelEnd
    {
        /// <inheritdoc />
        public override string Reason => "the tunnel was closed here";
    }

    /// <summary>The peer closed it, and said why.</summary>
    /// <param name="Text">The peer's reason; empty where it just ended the stream.</param>
    public sealed record ClosedByPeer(string Text) : TunnelEnd
    {
        /// <inheritdoc />
        public override string Reason => Text.Length > 0 ? $"the peer closed the tunnel: {Text}" : "the peer closed the tunnel";
    }

    /// <summary>The connection broke.</summary>
    /// <param name="Text">What the transport said.</param>
    public sealed record Lost(string Text) : TunnelEnd
    {
        /// <inheritdoc />
        public override string Reason => $"the tunnel is lost: {Text}";
    }

    /// <summary>The peer broke the protocol, and the tunnel was closed for it.</summary>
    /// <param name="Rule">What it broke.</param>
    public sealed record Violation(string Rule) : TunnelEnd
    {
        /// <inheritdoc />
        public override string Reason => $"the peer broke the tunnel's protocol: {Rule}";
    }
}
