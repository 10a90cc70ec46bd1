using System.Net.Http.Json;
using Federation.Client.Requests;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Client.Tokens;

/// <summary>Tokens by the client credentials grant (RFC 6749 section 4.4), kept until four fifths of their life are over; one request at a time.</summary>
/// <param name="http">Its base address is the plane's API.</param>
/// <param name="clientId">The service account.</param>
/// <param name="clientSecret">Its secret.</param>
/// <param name="time">The clock.</param>
public sealed class ClientCredentials(HttpClient http, string clientId, string clientSecret, TimeProvider time) : ITokenSource, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private volatile Held? _held;

    private sealed record Held(string Token, long At, TimeSpan Life);

    /// <inheritdoc/>
    public async ValueTask<string> GetAsync(CancellationToken ct)
    {
        if (Usable() is { } token) return token;
        await _gate.WaitAsync(ct);
        try
        {
            if (Usable() is { } meanwhile) return meanwhile;
            // The life is counted from before the request, so that a slow answer never makes the token seem younger than it is.
            long asked = time.GetTimestamp();
            TokenReply reply = await RequestAsync(ct);
            _held = new(reply.AccessToken, asked, TimeSpan.FromSeconds(reply.ExpiresIn * 0.8));
            return reply.AccessToken;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Refused(string token)
    {
        if (_held is { } held && held.Token == token) Interlocked.CompareExchange(ref _held, null, held);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private string? Usable() => _held is { } held && time.GetElapsedTime(held.At) < held.Life ? held.Token : null;

    private async Task<TokenReply> RequestAsync(CancellationToken ct)
    {
        using var content = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"),
            new("client_id", clientId),
            new("client_secret", clientSecret),
        ]);
        using HttpResponseMessage response = await http.PostAsync("oauth2/token", content, ct);
        if (!response.IsSuccessStatusCode) throw await ProblemReading.ToExceptionAsync(response, ct);
        return await response.Content.ReadFromJsonAsync<TokenReply>(DomainJson.Options, ct)
            ?? throw new ApiException(response.StatusCode, null, "The token answer is empty", null);
    }
}
