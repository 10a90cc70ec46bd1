namespace Federation.Adapters.Kubernetes.Reaching;

/// <summary>Where a replica runs.</summary>
/// <param name="Namespace">The Kubernetes namespace.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container in it.</param>
public sealed record PodPlace(string Namespace, string Pod, string Container);
