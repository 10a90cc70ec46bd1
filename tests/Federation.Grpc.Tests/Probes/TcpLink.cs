using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Federation.Grpc.Tests.Probes;

/// <summary>A stretch of network between a client and a server, that can be cut (both ends are told) or frozen (nobody is told).</summary>
internal sealed class TcpLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile bool _frozen;

    public TcpLink(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"{_server.Scheme}://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>From now on no byte passes.</summary>
    public void Freeze() => _frozen = true;

    /// <summary>Resets all connections, as a killed process's kernel does.</summary>
    public void Cut()
    {
        foreach (Socket socket in _sockets)
            socket.Close(timeout: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> relays = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                Socket server = new(SocketType.Stream, ProtocolType.Tcp);
                _sockets.Add(client);
                _sockets.Add(server);
                await server.ConnectAsync(IPAddress.Loopback, _server.Port, _stop.Token);
                relays.Add(RelayAsync(client, server));
                relays.Add(RelayAsync(server, client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[65536];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
                if (!_frozen)
                    await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut: the ends see it, which is what the tests look at.
        }
    }
}
