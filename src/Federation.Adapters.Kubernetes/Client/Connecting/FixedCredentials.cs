namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>The same credentials for ever.</summary>
internal sealed class FixedCredentials(ClusterCredentials credentials) : ICredentialSource
{
    /// <summary>Nobody.</summary>
    public static FixedCredentials None { get; } = new(ClusterCredentials.None);

    public ValueTask<ClusterCredentials> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credentials);

    public void Refused(ClusterCredentials credentials) { }
}
