namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>Gives what proves to an API server who we are. Thread-safe.</summary>
internal interface ICredentialSource
{
    /// <summary>What is good now.</summary>
    /// <exception cref="KubeconfigException">There is nothing, and why; without any credential in it.</exception>
    ValueTask<ClusterCredentials> GetAsync(CancellationToken cancellationToken);

    /// <summary>The server refused these: they are not given again if others can be had.</summary>
    void Refused(ClusterCredentials credentials);
}
