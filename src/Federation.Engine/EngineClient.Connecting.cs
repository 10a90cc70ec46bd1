using System.Net;
using System.Net.Sockets;
using Federation.Engine.Connecting;

namespace Federation.Engine;

/// <content>Connections, and what is told of those that fail.</content>
public sealed partial class EngineClient
{
    // A machine that is gone, or a connection that something in between has forgotten, says nothing: without probes, a stream of events that waits for the next would wait for ever. There is
    // no limit for what was sent and is not taken (TCP_USER_TIMEOUT): it would also end the input of a command that reads slowly.
    private const int ProbeAfterSeconds = 10;
    private const int ProbeIntervalSeconds = 5;
    private const int Probes = 3;

    private Uri Base => _options.Address.SocketPath is not null
        ? new Uri("http://engine/")
        : new UriBuilder(_options.Tls is null ? "http" : "https", _options.Address.Host!, _options.Address.Port).Uri;

    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = async (_, cancellationToken) =>
            {
                EngineAddress address = _options.Address;
                Socket socket = address.SocketPath is not null
                    ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                    : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    if (address.SocketPath is null) NoticeSilence(socket);
                    EndPoint end = address.SocketPath is { } path ? new UnixDomainSocketEndPoint(path) : new DnsEndPoint(address.Host!, address.Port);
                    await socket.ConnectAsync(end, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        if (_options.Tls is { } tls) handler.SslOptions = tls.Options();
        return handler;
    }

    private static void NoticeSilence(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    private EngineException Unreachable(Exception e)
    {
        Exception cause = e;
        while (cause.InnerException is { } inner) cause = inner;
        return new EngineException($"the engine at {Address} cannot be reached: {_options.Tls?.Explain(cause, _time.GetUtcNow()) ?? cause.Message}", e);
    }
}
