using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Federation.TestKit.Engine;

/// <summary>Stands between an engine on TCP and its callers, as a load balancer does: it passes bytes on, and closes both directions as soon as one of them has ended.</summary>
public sealed class EngineRelay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly ConcurrentBag<Task> _passing = [];
    private readonly IPEndPoint _engine;
    private readonly Task _accepting;
    private Func<int, long>? _cutAfter;
    private int _cuts;

    /// <summary>Takes connections for the engine that listens there.</summary>
    /// <param name="engine">Where the engine listens.</param>
    /// <param name="at">Where to take them; null for the address that every engine's certificate names.</param>
    public EngineRelay(string engine, IPAddress? at = null)
    {
        _listener = new TcpListener(at ?? IPAddress.Loopback, 0);
        _engine = IPEndPoint.Parse(engine["tcp://".Length..]);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string TcpAddress => $"tcp://{_listener.LocalEndpoint}";

    /// <summary>How many connections it has cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts each connection once it has carried so many bytes, as told by how many were cut already; null for no more.</summary>
    public void CutAfter(Func<int, long>? bytes) => Volatile.Write(ref _cutAfter, bytes);

    /// <summary>Cuts all connections now.</summary>
    public void Cut()
    {
        foreach (Socket socket in _open.Keys) Reset(socket);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_passing);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _passing.Add(PassAsync(await _listener.AcceptSocketAsync(_ending.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // It ends, or who called has gone again.
            }
        }
    }

    private async Task PassAsync(Socket caller)
    {
        using (caller)
        using (var engine = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            long carried = 0;
            _open[caller] = true;
            try
            {
                await engine.ConnectAsync(_engine, _ending.Token);
                using var one = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                Task[] both = [CarryAsync(caller, engine, one.Token), CarryAsync(engine, caller, one.Token)];
                await Task.WhenAny(both);
                await one.CancelAsync();
                await Task.WhenAll(both);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // Both ends are told by their sockets' end.
            }
            finally
            {
                _open.TryRemove(caller, out _);
            }

            async Task CarryAsync(Socket from, Socket to, CancellationToken cancellationToken)
            {
                byte[] buffer = new byte[16 * 1024];
                for (int read; (read = await from.ReceiveAsync(buffer, cancellationToken)) > 0;)
                {
                    await to.SendAsync(buffer.AsMemory(0, read), cancellationToken);
                    // What went through is done there, though nobody is told.
                    if (Interlocked.Add(ref carried, read) > (Volatile.Read(ref _cutAfter)?.Invoke(Cuts) ?? long.MaxValue))
                    {
                        Reset(caller);
                        return;
                    }
                }
            }
        }
    }

    // As by a machine in between that has forgotten the connection.
    private void Reset(Socket socket)
    {
        if (!_open.TryRemove(socket, out _)) return;
        Interlocked.Increment(ref _cuts);
        socket.Close(0);
    }
}
