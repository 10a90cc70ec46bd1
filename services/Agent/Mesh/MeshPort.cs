using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Federation.Security.Files;

namespace Federation.Agent.Mesh;

/// <summary>The port of the mesh proxy: the same at each start, since running replicas know it.</summary>
internal static partial class MeshPort
{
    private const int Lowest = 17_000;
    private const int Range = 3_000;

    public static int Find(string stateDirectory, ILogger logger)
    {
        string path = Path.Combine(stateDirectory, "mesh.port");
        if (File.Exists(path) && int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out int kept))
        {
            if (IsFree(kept)) return kept;
            LogTaken(logger, kept);
        }
        // Below the range from which the kernel takes ports for outgoing connections, which could take it while the agent is away.
        // Each agent begins its search elsewhere: those that start at the same moment would all find the same port free.
        int first = BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory)))) % Range;
        for (int offset = 0; offset < Range; offset++)
        {
            int port = Lowest + (first + offset) % Range;
            if (!IsFree(port)) continue;
            DurableFile.Replace(path, Encoding.ASCII.GetBytes(port.ToString(CultureInfo.InvariantCulture)));
            return port;
        }
        throw new InvalidOperationException("no port between 17000 and 19999 is free for the mesh proxy");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 4021, Level = LogLevel.Warning, Message = "Port {Port} of the mesh proxy is taken by another program: replicas that run cannot call others until they are started again")]
    private static partial void LogTaken(ILogger logger, int port);
}
