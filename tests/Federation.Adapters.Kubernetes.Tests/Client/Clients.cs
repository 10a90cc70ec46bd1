using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.TestKit.Time;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Clients of servers that a test has started.</summary>
internal static class Clients
{
    public static KubernetesClient Of(Uri server, KubernetesClientOptions? options = null, ICredentialSource? credentials = null, ServerTrust? trust = null, string? tlsServerName = null) => new(
        new ClusterConnection { Server = server, Credentials = credentials ?? FixedCredentials.None, Trust = trust ?? ServerTrust.System, TlsServerName = tlsServerName },
        options ?? new KubernetesClientOptions { Patience = TimeSpan.FromSeconds(20) },
        TimeProvider.System,
        new SeededChance(7));
}
