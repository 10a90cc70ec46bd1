using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Federation.Grpc.Server;

namespace Federation.Grpc.Client;

/// <summary>How a client reaches a server.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>
    /// The client certificate (with its private key) to present, asked for anew at each connection, so that a renewed one is used;
    /// null, or returning null, presents none.
    /// </summary>
    public Func<X509Certificate2?>? ClientCertificate { get; init; }

    /// <summary>Judges the server's certificate; null leaves it to the system's authorities.</summary>
    public RemoteCertificateValidationCallback? ServerCertificateValidation { get; init; }

    /// <summary>The name the server's certificate must carry, where it is not the address's host.</summary>
    public string? TargetHost { get; init; }

    /// <summary>A larger message ends its call with <c>ResourceExhausted</c>.</summary>
    public int MaxReceiveMessageSize { get; init; } = GrpcServerOptions.DefaultMaxReceiveMessageSize;

    /// <summary>A larger message is refused before it is sent.</summary>
    public int MaxSendMessageSize { get; init; } = int.MaxValue;

    /// <summary>How long to try to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which a ping is sent while calls are open. At least 1 s.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a ping may stay unanswered before the connection counts as broken. At least 1 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How old a connection may become before new calls use another one (open calls stay on it).</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many bytes a server may send on one call ahead of its reader.</summary>
    public int InitialStreamWindow { get; init; } = 2 * 1024 * 1024;

    /// <summary>Takes the place of the channel's own handler (and of all connection options here); it stays the caller's to dispose.</summary>
    public HttpMessageHandler? Handler { get; init; }
}
