using Federation.Engine.Connecting;

namespace Federation.Engine;

/// <summary>How an engine is spoken with.</summary>
public sealed record EngineClientOptions
{
    /// <summary>Where it listens.</summary>
    public EngineAddress Address { get; init; } = EngineAddress.Default;

    /// <summary>Mutual TLS; null for none. Not for a Unix socket. Stays the caller's to dispose of.</summary>
    public EngineTls? Tls { get; init; }

    /// <summary>How long the answer to a plain request may take, and the silence in an image's pull.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
