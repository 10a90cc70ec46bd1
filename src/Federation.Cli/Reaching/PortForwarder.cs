using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Federation.Client;

namespace Federation.Cli.Reaching;

/// <summary>Listens here and leads every connection to a port of a workload. A connection that fails is told of, and the next may do better.</summary>
internal sealed class PortForwarder : IDisposable
{
    private const int ChunkBytes = 32 * 1024;
    private readonly TcpListener _listener;
    private readonly Func<CancellationToken, Task<WebSocket>> _open;
    private readonly Action<string> _tell;

    public PortForwarder(IPAddress address, int port, Func<CancellationToken, Task<WebSocket>> open, Action<string> tell)
    {
        _open = open;
        _tell = tell;
        _listener = new TcpListener(address, port);
        _listener.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Local => (IPEndPoint)_listener.LocalEndpoint;

    public async Task RunAsync(CancellationToken ct)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(ct);
                connections.RemoveAll(static connection => connection.IsCompleted);
                connections.Add(ServeAsync(client, ct));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The caller has seen enough.
        }
        await Task.WhenAll(connections);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using TcpClient _ = client;
        try
        {
            client.NoDelay = true;
            using WebSocket socket = await _open(ct);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
            NetworkStream here = client.GetStream();
            Task up = UpAsync(here, socket, ending.Token), down = DownAsync(socket, here, client, ending.Token);
            Task first = await Task.WhenAny(up, down);
            // Our side may end first and still hear the answer; not the other way round.
            if (first == down || !first.IsCompletedSuccessfully) await ending.CancelAsync();
            await Task.WhenAll(up, down);
        }
        catch (Exception e) when (e is ApiException or PlaneUnreachableException)
        {
            _tell(e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or WebSocketException or OperationCanceledException)
        {
            // One of the two ended the connection.
        }
    }

    private static async Task UpAsync(NetworkStream here, WebSocket socket, CancellationToken ct)
    {
        byte[] buffer = new byte[ChunkBytes];
        for (int read; (read = await here.ReadAsync(buffer, ct)) > 0;)
            await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, endOfMessage: true, ct);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
    }

    private static async Task DownAsync(WebSocket socket, NetworkStream here, TcpClient client, CancellationToken ct)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (await socket.ReceiveAsync(buffer.AsMemory(), ct) is { MessageType: not WebSocketMessageType.Close } received)
            await here.WriteAsync(buffer.AsMemory(0, received.Count), ct);
        client.Client.Shutdown(SocketShutdown.Send);
    }
}
