using System.Collections.Concurrent;
using System.Security.Authentication;
using Federation.Grpc.Client;
using Federation.Security.Enrollment;
using Federation.Security.Tls;
using Microsoft.Extensions.Configuration;

namespace Federation.ServiceDefaults.Auth;

/// <summary>
/// Channels to the plane's services, with this machine's certificate; a server that is not the named service of this plane is refused.
/// One channel a service, shared; connects when it is first used and reconnects by itself. Thread-safe.
/// </summary>
public sealed class PlaneChannels(IConfiguration configuration, CertificateKeeper keeper, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, GrpcChannel> _channels = new(StringComparer.Ordinal);

    /// <summary>The channel to a service, found under <c>services__NAME__grpc__0</c>.</summary>
    /// <exception cref="InvalidOperationException">The configuration does not say where the service is.</exception>
    public GrpcChannel To(string service) => _channels.GetOrAdd(service, name => Open(
        configuration[$"services:{name}:grpc:0"] is { Length: > 0 } address
            ? new Uri(address)
            : throw new InvalidOperationException($"services__{name}__grpc__0 is not set: where is {name}?"), name));

    /// <summary>A channel of the caller's own to a service at an address.</summary>
    public GrpcChannel Open(Uri address, string service) => new(address, new GrpcChannelOptions
    {
        // A connection made without a certificate would be kept, and refused by every call, long after there is one.
        ClientCertificate = () => keeper.Current?.Certificate ?? throw new AuthenticationException("this machine has no certificate yet"),
        ServerCertificateValidation = PlaneTls.ForClient(() => keeper.Current, service, time).RemoteCertificateValidationCallback,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GrpcChannel channel in _channels.Values) channel.Dispose();
    }
}
