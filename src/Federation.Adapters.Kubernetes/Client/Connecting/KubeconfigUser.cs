namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>An entry of <c>users</c>: who we are to an API server.</summary>
public sealed record KubeconfigUser
{
    /// <summary>The file that it stands in; relative paths count from its folder.</summary>
    public required string File { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>client-certificate</c>: a file.</summary>
    public string? CertificateFile { get; init; }

    /// <summary><c>client-certificate-data</c>, decoded; goes before the file.</summary>
    public string? CertificateData { get; init; }

    /// <summary><c>client-key</c>: a file.</summary>
    public string? KeyFile { get; init; }

    /// <summary><c>client-key-data</c>, decoded; goes before the file.</summary>
    public string? KeyData { get; init; }

    /// <summary><c>token</c>.</summary>
    public string? Token { get; init; }

    /// <summary><c>tokenFile</c>: read again and again; its last good content goes before <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary><c>username</c>, of basic authentication.</summary>
    public string? UserName { get; init; }

    /// <summary><c>password</c>, of basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary><c>exec</c>: a program that gives credentials.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>The name under <c>auth-provider</c>, a form that clients have given up.</summary>
    public string? AuthProvider { get; init; }

    /// <summary><c>as</c> and what goes with it, as headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation { get; init; } = [];

    /// <summary>Names it; never its credentials.</summary>
    public override string ToString() => $"user {Name} of {File}";
}
