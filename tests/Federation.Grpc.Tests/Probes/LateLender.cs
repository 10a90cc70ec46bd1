using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace Federation.Grpc.Tests.Probes;

/// <summary>HTTP as it is where a server answers before this end has come to lend its request stream, as a server that speaks first can bring about on a busy machine.</summary>
internal sealed class LateLender : HttpMessageHandler
{
    private readonly TaskCompletionSource _lend = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe _sent = new();
    private readonly Pipe _answer = new();

    /// <summary>What the client has sent.</summary>
    public PipeReader Sent => _sent.Reader;

    /// <summary>Whether the answer is there.</summary>
    public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lends the request stream.</summary>
    public void Lend() => _lend.SetResult();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _ = CopyAsync(request.Content!, cancellationToken);
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Version = HttpVersion.Version20, Content = new StreamContent(_answer.Reader.AsStream()), RequestMessage = request };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        Answered.SetResult();
        return Task.FromResult(response);
    }

    private async Task CopyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await _lend.Task;
        await content.CopyToAsync(_sent.Writer.AsStream(), cancellationToken);
    }
}
