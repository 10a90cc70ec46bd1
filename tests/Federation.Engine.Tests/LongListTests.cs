using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Federation.Engine.Connecting;
using Federation.Engine.Streams;
using Federation.Engine.Swarm;

namespace Federation.Engine.Tests;

/// <summary>Lists of large swarms, by who answers as an engine does.</summary>
public sealed class LongListTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_OfALargeSwarm_IsRead()
    {
        const int Configs = 48;
        string data = Convert.ToBase64String(new byte[750 * 1024]);
        string[] parts = [.. Enumerable.Range(0, Configs).Select(number => $$$"""{{{(number == 0 ? "[" : ",")}}}{"ID":"c{{{number}}}","Spec":{"Name":"n{{{number}}}","Data":"{{{data}}}"}}"""), "]"];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = AnswerAsync(listener, parts);
        using var client = new EngineClient(new EngineClientOptions { Address = EngineAddress.Parse($"tcp://{listener.LocalEndpoint}") }, TimeProvider.System);
        IReadOnlyList<SwarmFile> configs = await client.ListConfigsAsync([], Cancelled);
        Assert.Equal((Configs, "n47"), (configs.Count, configs[^1].Spec.Name));
        await answering;
    }

    [Fact]
    public async Task Stream_WithMoreThanItMayHave_Fails()
    {
        int came = 0;
        using var stream = new BoundedStream(new MemoryStream(new byte[100]), 60, () => came++);
        byte[] buffer = new byte[30];
        for (int i = 0; i < 2; i++) Assert.Equal(30, await stream.ReadAsync(buffer, Cancelled));
        await Assert.ThrowsAsync<InvalidDataException>(() => stream.CopyToAsync(Stream.Null, Cancelled));
        Assert.Equal(3, came);
    }

    // To the ping and to one list, on one connection.
    private static async Task AnswerAsync(TcpListener listener, string[] parts)
    {
        using TcpClient caller = await listener.AcceptTcpClientAsync(Cancelled);
        NetworkStream stream = caller.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        await HearAsync();
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK"u8.ToArray(), Cancelled);
        await HearAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {parts.Sum(static part => (long)part.Length)}\r\n\r\n")), Cancelled);
        foreach (string part in parts) await stream.WriteAsync(Encoding.ASCII.GetBytes(part), Cancelled);

        async Task HearAsync()
        {
            while (await reader.ReadLineAsync(Cancelled) is { Length: > 0 })
            {
            }
        }
    }
}
