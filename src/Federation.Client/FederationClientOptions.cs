namespace Federation.Client;

/// <summary>How a client behaves towards its plane.</summary>
public sealed record FederationClientOptions
{
    /// <summary>The tenant to act for; the identity's own if null.</summary>
    public string? Tenant { get; init; }

    /// <summary>The namespace meant where none is named.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>How long a request that may be repeated is tried again while nobody answers it. What was perhaps carried out already and must not be twice is never tried again.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The same for a plane that has answered this client, and be it that a service of it is away; <see cref="RetryFor"/> if null. A wrong address
    /// is told soon that way, and a command survives a restart.
    /// </summary>
    public TimeSpan? RetryKnownFor { get; init; }

    /// <summary>Told before each pause after which a request is tried again; nobody if null.</summary>
    public Action<RequestRetry>? Retrying { get; init; }

    /// <summary>How long one try may take; streams are not counted.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After which silence a watch is taken for dead; the plane sends a bookmark at least every 10 s.</summary>
    public TimeSpan WatchSilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of tokens, pauses and timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
