using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Security.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Auth;

/// <summary>
/// The keys as Identity publishes them: fetched at the start, every 15 s, and when a token names an unknown one. They are fetched at most once a second:
/// who asks sooner waits for it, as a key that was rotated in signs at once. While Identity is away, the last ones serve.
/// </summary>
public sealed partial class IdentityTokenKeys : ITokenKeySource, IDisposable
{
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastBetween = TimeSpan.FromSeconds(1);
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger<IdentityTokenKeys> _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private volatile PlaneKeys? _current;
    private long? _lastAttempt;

    public IdentityTokenKeys(IConfiguration configuration, TimeProvider time, ILogger<IdentityTokenKeys> logger)
    {
        string address = configuration["services:identity:http:0"] ?? throw new InvalidOperationException("services__identity__http__0 is not set: where is Identity?");
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
        {
            BaseAddress = new Uri(address),
            Timeout = TimeSpan.FromSeconds(3),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public PlaneKeys? Current => _current;

    /// <inheritdoc/>
    public async Task<PlaneKeys?> RefreshAsync(CancellationToken cancellationToken)
    {
        long asked = _time.GetTimestamp();
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // What was fetched while this one waited for its turn is new enough.
            if (_lastAttempt >= asked) return _current;
            if (_lastAttempt is { } last && LeastBetween - _time.GetElapsedTime(last) is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, _time, cancellationToken);
            _lastAttempt = _time.GetTimestamp();
            try
            {
                byte[] discovery = await _http.GetByteArrayAsync("/.well-known/openid-configuration", cancellationToken);
                byte[] keys = await _http.GetByteArrayAsync("/.well-known/jwks.json", cancellationToken);
                string issuer = JsonNode.Parse(discovery)?["issuer"]?.GetValue<string>() ?? throw new FormatException("the discovery document names no issuer");
                _current = new PlaneKeys(new TokenRules(issuer, TokenRules.FederationAudience), JsonWebKeySet.Parse(keys));
            }
            catch (Exception e) when (e is HttpRequestException or FormatException or InvalidOperationException or JsonException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogNotFetched(e.Message);
            }
            return _current;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Keeps the keys fresh until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            PlaneKeys? keys = await RefreshAsync(cancellationToken);
            await Task.Delay(keys is null ? RetryEvery : RefreshEvery, _time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    [LoggerMessage(EventId = 1301, Level = LogLevel.Information, Message = "Identity's token keys could not be fetched: {Reason}")]
    private partial void LogNotFetched(string reason);
}
