using System.Net;
using System.Net.Sockets;
using Federation.Hosting.ApplicationModel;

namespace Federation.Hosting.Launching;

/// <summary>Settles every endpoint's port, and refuses with its name the first that another program holds.</summary>
internal static class PortCheck
{
    public static async Task SettleAsync(IReadOnlyList<ProjectResource> projects, int shift, TimeSpan patience, CancellationToken ct)
    {
        foreach (ProjectResource project in projects)
        {
            foreach (EndpointReference endpoint in project.Endpoints)
            {
                endpoint.Ports.Clear();
                endpoint.Ports.Add(endpoint.DeclaredPort + shift);
                for (int instance = 1; instance < project.Replicas; instance++) endpoint.Ports.Add(FreePort());
            }
        }
        long start = TimeProvider.System.GetTimestamp();
        foreach (EndpointReference endpoint in projects.SelectMany(project => project.Endpoints))
        {
            // Services of a launcher that was killed end a moment after it.
            while (!IsFree(endpoint.Port))
            {
                if (TimeProvider.System.GetElapsedTime(start) > patience)
                    throw new DistributedApplicationException(
                        $"port {endpoint.Port}, needed for {endpoint.Owner.Name} ({endpoint.EndpointName}), is taken by another program. "
                        + $"See which with 'ss -ltnp sport = :{endpoint.Port}' and stop it, or run beside it with --port-base 10000.");
                await Task.Delay(100, ct);
            }
        }
    }

    internal static bool IsFree(int port)
    {
        try
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // As Kestrel binds: connections of an earlier run that linger in TIME_WAIT do not matter.
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
