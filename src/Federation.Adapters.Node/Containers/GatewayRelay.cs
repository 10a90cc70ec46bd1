using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Node.Containers;

/// <summary>Opens a loopback port at this machine's address in networks of containers, which do not reach its loopback. Thread-safe.</summary>
internal sealed partial class GatewayRelay(int port, ILogger logger, CancellationToken ending)
{
    private readonly object _gate = new();
    private readonly Dictionary<IPAddress, TcpListener> _listeners = [];

    /// <summary>Makes sure that the port is open there. Where it cannot be, workloads there cannot be called from, and the log says so.</summary>
    public void Open(IPAddress address)
    {
        lock (_gate)
        {
            if (ending.IsCancellationRequested || _listeners.ContainsKey(address)) return;
            var listener = new TcpListener(address, port);
            try
            {
                listener.Start();
            }
            catch (SocketException e)
            {
                LogNotOpened(logger, address, port, e.Message);
                return;
            }
            _listeners[address] = listener;
            _ = AcceptAsync(listener, address);
        }
    }

    public void Close(IPAddress address)
    {
        lock (_gate)
        {
            if (_listeners.Remove(address, out TcpListener? listener)) listener.Stop();
        }
    }

    public void CloseAll()
    {
        lock (_gate)
        {
            foreach (TcpListener listener in _listeners.Values) listener.Stop();
            _listeners.Clear();
        }
    }

    private async Task AcceptAsync(TcpListener listener, IPAddress address)
    {
        while (true)
        {
            Socket caller;
            try
            {
                caller = await listener.AcceptSocketAsync(ending);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Closed, or its address is gone: it is opened again with the network.
                lock (_gate)
                {
                    if (_listeners.GetValueOrDefault(address) == listener) _listeners.Remove(address);
                }
                listener.Stop();
                return;
            }
            _ = RelayAsync(caller);
        }
    }

    private async Task RelayAsync(Socket caller)
    {
        using (caller)
        using (var proxy = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            try
            {
                caller.NoDelay = true;
                await proxy.ConnectAsync(IPAddress.Loopback, port, ending);
                await Task.WhenAll(CopyAsync(caller, proxy), CopyAsync(proxy, caller));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone: the other learns it by the close.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, SocketFlags.None, ending)) > 0;)
                for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, ending);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // Neither waits for what cannot come.
            from.Dispose();
            to.Dispose();
            throw;
        }
    }

    [LoggerMessage(EventId = 5221, Level = LogLevel.Warning, Message = "Containers cannot call other workloads: port {Port} cannot be opened at {Address}: {Reason}")]
    private static partial void LogNotOpened(ILogger logger, IPAddress address, int port, string reason);
}
