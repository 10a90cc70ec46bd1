namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>What says how a cluster is reached cannot be used; the message names the file, the place in it and the rule. It holds no credentials.</summary>
public sealed class KubeconfigException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public KubeconfigException(string message, Exception? inner = null) : base(message, inner) { }
}
