using System.Net.Sockets;

namespace Federation.Hosting.Control;

/// <summary>Gives a command to the launcher that holds a state folder.</summary>
internal static class ControlClient
{
    /// <returns>The exit code: 0 if it was carried out.</returns>
    /// <exception cref="DistributedApplicationException">No launcher answers.</exception>
    public static async Task<int> SendAsync(string stateDirectory, IReadOnlyList<string> command, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(ControlAddress.Of(stateDirectory), ct);
        }
        catch (SocketException failure)
        {
            throw new DistributedApplicationException($"no AppHost runs on {stateDirectory}. Start it with 'dotnet run --project AppHost', or name its folder with --state DIR.", failure);
        }
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(string.Join(' ', command) + "\n"), ct);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(ct);
        if (answer.Length == 0) throw new DistributedApplicationException("the AppHost ended before it answered");
        (answer[0] == '+' ? Console.Out : Console.Error).WriteLine(answer[1..]);
        return answer[0] == '+' ? 0 : 1;
    }
}
