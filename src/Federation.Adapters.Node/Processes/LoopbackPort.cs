using System.Net;
using System.Net.Sockets;

namespace Federation.Adapters.Node.Processes;

/// <summary>Whether a program could listen on a port of the loopback address.</summary>
internal static class LoopbackPort
{
    private const int SocketLevel = 1;
    private const int ReuseAddress = 2;

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As programs do: connections that are still fading away do not count, listeners do. (.NET's own option would share a listener's port.)
            socket.SetRawSocketOption(SocketLevel, ReuseAddress, [1, 0, 0, 0]);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
