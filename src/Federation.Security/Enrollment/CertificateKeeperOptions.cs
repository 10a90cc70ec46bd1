namespace Federation.Security.Enrollment;

/// <summary>Where a <see cref="CertificateKeeper"/> keeps and finds things.</summary>
public sealed record CertificateKeeperOptions
{
    /// <summary>Holds <c>key.pem</c>, <c>certificate.pem</c> and <c>authority.pem</c>; made with owner-only rights.</summary>
    public required string Folder { get; init; }

    /// <summary>The file with the join token's text; read anew at each attempt, since Identity may have rewritten it.</summary>
    public string? JoinTokenFile { get; init; }

    /// <summary>The join token's text itself; <see cref="JoinTokenFile"/> goes before it.</summary>
    public string? JoinToken { get; init; }

    /// <summary>The authority's certificate as PEM, if it was given to the machine; else it is fetched and checked against the token's hash.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The node's name, for a token that is bound to a cluster alone.</summary>
    public string? Node { get; init; }

    /// <summary>Whether a refused or missing token is tried again (services, whose token file Identity rewrites) or ends <see cref="CertificateKeeper.StartAsync"/> (nodes).</summary>
    public bool RetryRefusals { get; init; }

    /// <summary>The pause after a first failure; it doubles up to <see cref="MaxRetryPause"/>.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause between attempts to get the first certificate.</summary>
    public TimeSpan MaxRetryPause { get; init; } = TimeSpan.FromSeconds(5);
}
