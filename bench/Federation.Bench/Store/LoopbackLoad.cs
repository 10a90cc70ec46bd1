using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Federation.Bench.Results;

namespace Federation.Bench.Store;

/// <summary>The same client for both servers: .NET's HTTP/2, the same number of connections, one request at a time a writer.</summary>
internal static class LoopbackLoad
{
    private const int WritersPerConnection = 64;

    public static Task<LoadResult> RunStoreAsync(LoopbackServer server, int writers, TimeSpan warmUp, TimeSpan measured) =>
        RunAsync(server, writers, warmUp, measured, async (client, random) =>
        {
            using var request = Request(HttpMethod.Put, new(server.Address, StoreBenchmark.Key(random)), StoreBenchmark.Value(random));
            using var response = await client.AnswerAsync(request);
            response.EnsureSuccessStatusCode();
        });

    /// <summary>The same writers and connections, but a connection's writes share one request.</summary>
    public static async Task<LoadResult> RunStreamsAsync(LoopbackServer server, int writers, TimeSpan warmUp, TimeSpan measured)
    {
        var streams = new WriteStream[Connections(writers)];
        for (int i = 0; i < streams.Length; i++) streams[i] = await WriteStream.OpenAsync(server.Address, writers);
        try
        {
            return await LoadRun.RunAsync(writers, warmUp, measured, () => server.ProcessorTime, async (caller, random) =>
                await streams[caller % streams.Length].PutAsync(caller, Encoding.UTF8.GetBytes(StoreBenchmark.Key(random)), StoreBenchmark.Value(random)));
        }
        finally
        {
            foreach (var stream in streams) await stream.DisposeAsync();
        }
    }

    private static int Connections(int writers) => Math.Max(1, writers / WritersPerConnection);

    /// <summary>etcd's own API: the gRPC method <c>etcdserverpb.KV/Put</c>, whose request is key = 1 and value = 2.</summary>
    public static Task<LoadResult> RunEtcdAsync(LoopbackServer server, int writers, TimeSpan warmUp, TimeSpan measured)
    {
        var method = new Uri(server.Address, "/etcdserverpb.KV/Put");
        return RunAsync(server, writers, warmUp, measured, async (client, random) =>
        {
            using var request = Request(HttpMethod.Post, method, PutMessage(Encoding.UTF8.GetBytes(StoreBenchmark.Key(random)), StoreBenchmark.Value(random)));
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            using var response = await client.AnswerAsync(request);
            response.EnsureSuccessStatusCode();
            if (!response.TrailingHeaders.TryGetValues("grpc-status", out var status) || status.Single() != "0")
                throw new InvalidOperationException($"etcd refused a write: {response.TrailingHeaders}{response.Headers}");
        });
    }

    private static async Task<LoadResult> RunAsync(LoopbackServer server, int writers, TimeSpan warmUp, TimeSpan measured, Func<HttpMessageInvoker, Random, Task> put)
    {
        var connections = Enumerable.Range(0, Connections(writers)).Select(_ => new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false })).ToArray();
        try
        {
            return await LoadRun.RunAsync(writers, warmUp, measured, () => server.ProcessorTime, (caller, random) => put(connections[caller % connections.Length], random));
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private static async Task<HttpResponseMessage> AnswerAsync(this HttpMessageInvoker client, HttpRequestMessage request)
    {
        var response = await client.SendAsync(request, CancellationToken.None);
        await response.Content.CopyToAsync(Stream.Null);
        return response;
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri address, byte[] body) => new(method, address)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new ByteArrayContent(body),
    };

    private static byte[] PutMessage(byte[] key, byte[] value)
    {
        // Five bytes of gRPC frame, then two length-delimited fields; the key is shorter than 128 bytes, the value is 128 to 16,383.
        byte[] message = new byte[5 + 2 + key.Length + 3 + value.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 5);
        message[5] = 1 << 3 | 2;
        message[6] = (byte)key.Length;
        key.CopyTo(message, 7);
        int at = 7 + key.Length;
        message[at] = 2 << 3 | 2;
        message[at + 1] = (byte)(value.Length & 0x7f | 0x80);
        message[at + 2] = (byte)(value.Length >> 7);
        value.CopyTo(message, at + 3);
        return message;
    }
}
