using System.Net;
using System.Net.Http.Headers;

namespace Federation.Agent.Logs;

/// <summary>What receivers over HTTP have in common: one request a batch, credentials from a file that is read anew each time, and what statuses mean.</summary>
/// <param name="address">Where to post.</param>
/// <param name="authorizationFile">Holds the value of the Authorization header, for example <c>Bearer ...</c>; none if null.</param>
public sealed class HttpReceiver(Uri address, string? authorizationFile) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient _client = new() { Timeout = Patience };

    /// <summary>Posts a body; the answer's, where it was taken, and else the outcome.</summary>
    public async Task<(byte[]? Answer, ShippingOutcome? Outcome)> PostAsync(ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            if (authorizationFile is not null) request.Headers.TryAddWithoutValidation("Authorization", (await File.ReadAllTextAsync(authorizationFile, cancellationToken)).Trim());
            using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return (await response.Content.ReadAsByteArrayAsync(cancellationToken), null);
            // A batch that can never be taken must not hold up all that follow.
            if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge) return (null, new ShippingOutcome.Taken(int.MaxValue));
            return (null, new ShippingOutcome.Later($"it answered {(int)response.StatusCode}", After(response)));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, new ShippingOutcome.Later(e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : e.Message, null));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static TimeSpan? After(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - (response.Headers.Date ?? date),
        _ => null,
    };
}
