namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>An entry of <c>clusters</c>: where an API server is, and how it is known.</summary>
public sealed record KubeconfigCluster
{
    /// <summary>The file that it stands in; relative paths count from its folder.</summary>
    public required string File { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>server</c>; empty if it is not said.</summary>
    public string Server { get; init; } = "";

    /// <summary><c>tls-server-name</c>: the name that the server's certificate must bear, if not the address's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary><c>insecure-skip-tls-verify</c>: the server's certificate is not looked at.</summary>
    public bool Insecure { get; init; }

    /// <summary><c>certificate-authority</c>: a file of certificates.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary><c>certificate-authority-data</c>, decoded; goes before the file.</summary>
    public string? AuthorityData { get; init; }

    /// <summary><c>proxy-url</c>; may hold a name and password.</summary>
    public string? ProxyUrl { get; init; }

    /// <summary>What a credential plugin is told of this cluster, as JSON: the extension <c>client.authentication.k8s.io/exec</c>.</summary>
    public string? PluginConfiguration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"cluster {Name} of {File}";
}
