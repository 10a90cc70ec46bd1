using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Federation.Services.Tests.Identity;

/// <summary>A TCP port on the loopback for a service that is about to start. Below those that the kernel gives away, which another connection may have by then.</summary>
internal static class FreePort
{
    private const int First = 10_000;
    private const int End = 17_000;
    private static readonly ConcurrentDictionary<int, bool> Given = [];

    public static int Next()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            if (!Given.TryAdd(port, true)) continue;
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another has it.
            }
        }
    }
}
