using System.IO.Pipelines;
using System.Net;

namespace Federation.Bench.Store;

/// <summary>The client's side of one write stream: one HTTP/2 request whose body carries many writers' writes, and whose response their answers.</summary>
internal sealed class WriteStream : IAsyncDisposable
{
    private readonly TaskCompletionSource<long>?[] _waiting;
    private readonly StreamOutbox _outbox;
    private readonly HttpMessageInvoker _client;
    private readonly HttpResponseMessage _response;
    private readonly Task _reading;

    private WriteStream(int writers, StreamOutbox outbox, HttpMessageInvoker client, HttpResponseMessage response)
    {
        (_waiting, _outbox, _client, _response) = (new TaskCompletionSource<long>?[writers], outbox, client, response);
        _reading = ReadAsync();
    }

    public static async Task<WriteStream> OpenAsync(Uri server, int writers)
    {
        var outbox = new StreamOutbox();
        var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/stream"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new OutboxContent(outbox),
        };
        return new(writers, outbox, client, (await client.SendAsync(request, CancellationToken.None)).EnsureSuccessStatusCode());
    }

    public Task<long> PutAsync(int writer, byte[] key, byte[] value)
    {
        var waiting = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[writer] = waiting;
        _outbox.Append(output => WriteFrames.Append(output, writer, key, value));
        return waiting.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _outbox.End();
        await _reading;
        _response.Dispose();
        _client.Dispose();
        _outbox.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            var reader = PipeReader.Create(await _response.Content.ReadAsStreamAsync());
            while (true)
            {
                var result = await reader.ReadAsync();
                var buffer = result.Buffer;
                while (WriteFrames.TryReadAnswer(ref buffer, out int slot, out long revision)) _waiting[slot]!.TrySetResult(revision);
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) throw new IOException("The server ended the stream.");
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // Whoever still waits learns why; when the stream was ended in order, nobody does.
            foreach (var waiting in _waiting) waiting?.TrySetException(e);
        }
    }

    private sealed class OutboxContent(StreamOutbox outbox) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            // The server answers when it has seen the request, and the request is only sent with its first bytes.
            await stream.FlushAsync();
            await outbox.RunAsync(async bytes =>
            {
                await stream.WriteAsync(bytes);
                await stream.FlushAsync();
            });
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
