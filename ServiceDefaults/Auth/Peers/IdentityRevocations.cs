using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Auth;

/// <summary>
/// Follows Identity's list of revoked nodes: it asks, and Identity answers when the list is another than the one that is known here. So a node that is
/// revoked is out at once, whatever it has open. While Identity is away, the last list serves.
/// </summary>
public sealed partial class IdentityRevocations(IConfiguration configuration, RevokedPeers revoked, TimeProvider time, ILogger<IdentityRevocations> logger) : IDisposable
{
    /// <summary>Where Identity publishes the list.</summary>
    public const string Path = "/.well-known/federation-revocations.json";

    /// <summary>How long an answer may be held back.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    private const int MaxAnswerBytes = 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(3) })
    {
        Timeout = Wait + TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string address = configuration["services:identity:http:0"] ?? throw new InvalidOperationException("services__identity__http__0 is not set: where is Identity?");
        EntityTagHeaderValue? known = null;
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address.TrimEnd('/') + Path);
                if (known is not null)
                {
                    request.Headers.IfNoneMatch.Add(known);
                    // RFC 7240 section 4.3.
                    request.Headers.TryAddWithoutValidation("Prefer", $"wait={(int)Wait.TotalSeconds}");
                }
                long asked = time.GetTimestamp();
                using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
                if (response.StatusCode == HttpStatusCode.NotModified)
                {
                    // Identity does not always hold its answer back.
                    if (time.GetElapsedTime(asked) < Pause) await Task.Delay(Pause, time, cancellationToken);
                    continue;
                }
                response.EnsureSuccessStatusCode();
                byte[] list = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                revoked.Replace(JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(list) ?? []);
                known = response.Headers.ETag;
                if (known is null) await Task.Delay(Wait, time, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogNotFollowed(logger, e.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [LoggerMessage(EventId = 1302, Level = LogLevel.Debug, Message = "Identity's list of revoked nodes could not be read, it is tried again: {Reason}")]
    private static partial void LogNotFollowed(ILogger logger, string reason);
}
