using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Tests.Planes;

/// <summary>Finds a shift of AppHost's ports under which all of them are free, and below those that the kernel gives away.</summary>
internal static class PortRange
{
    private const int FirstEphemeral = 32768;
    private const int LastPort = 8080;
    private static readonly int[] Ports = [.. Enumerable.Range(7070, 100), LastPort];

    public static int FreeBase()
    {
        for (int tries = 0; tries < 200; tries++)
        {
            int shift = Random.Shared.Next(1000, FirstEphemeral - LastPort - 1);
            if (Ports.All(port => IsFree(port + shift))) return shift;
        }
        throw new InvalidOperationException("no range of free ports was found");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
