using System.Net.Http.Headers;
using System.Text.Json;
using Federation.Domain.Json;
using Federation.Gateway.Forwarding;

namespace Federation.Gateway.Api;

/// <summary>The gateway's own calls to the services, on behalf of its caller: with the caller's token, so that the owner decides what it may see.</summary>
public sealed class OwnerCalls(ServiceAddresses addresses)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Gets a record; null if the service does not answer, or refuses.</summary>
    public async Task<T?> GetAsync<T>(HttpContext context, string service, string pathAndQuery) where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, addresses.Of(service) + pathAndQuery);
        if (AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out AuthenticationHeaderValue? token)) request.Headers.Authorization = token;
        request.Headers.TryAddWithoutValidation(RequestId.Header, context.Request.Headers[RequestId.Header].ToArray());
        try
        {
            using HttpResponseMessage response = await addresses.Invoker.SendAsync(request, limit.Token);
            if (!response.IsSuccessStatusCode) return null;
            await using Stream body = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonSerializer.DeserializeAsync<T>(body, DomainJson.Options, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            return null;
        }
    }
}
