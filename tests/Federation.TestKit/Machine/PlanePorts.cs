using System.Net;
using System.Net.Sockets;

namespace Federation.TestKit.Machine;

/// <summary>Finds ports for an AppHost of a test's own.</summary>
public static class PlanePorts
{
    // What AppHost listens at with no --port-base, and the ports from which its sample nodes take theirs: below those that the kernel gives away.
    private const int Last = 8080;
    private const int FirstOfNodes = 17_000;
    private static readonly int[] Fixed = [.. Enumerable.Range(7070, 100), Last];

    /// <summary>A value for --port-base under which every port of AppHost is free now, and none of its own agents will take one.</summary>
    /// <exception cref="InvalidOperationException">None was found.</exception>
    public static int FreeBase()
    {
        for (int tries = 0; tries < 200; tries++)
        {
            int shift = Random.Shared.Next(100, FirstOfNodes - Last);
            if (Fixed.All(port => IsFree(port + shift))) return shift;
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
