using System.Net;
using System.Net.Http.Headers;
using Federation.Grpc.Framing;

namespace Federation.Grpc.Client;

/// <summary>A request body that stays open: it lends HTTP's request stream to the call until the call completes its sending side.</summary>
internal sealed class GrpcRequestContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GrpcRequestContent() => Headers.ContentType = new MediaTypeHeaderValue(ContentType.Grpc);

    /// <summary>The request stream, once the request headers are on their way; cancelled where the call ended before.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the request body.</summary>
    public void Complete() => _complete.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // Sends the headers: a server may well speak first.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _stream.TrySetCanceled(CancellationToken.None);
            throw;
        }
        _stream.TrySetResult(stream);
        await _complete.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
