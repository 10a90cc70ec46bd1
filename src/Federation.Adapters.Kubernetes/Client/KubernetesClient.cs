using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Chance;

namespace Federation.Adapters.Kubernetes.Client;

/// <summary>
/// Speaks with one Kubernetes API server, 1.21 or later. Every answer is bounded in size and, but for streams, in time; a failure is a
/// <see cref="KubernetesException"/> with the API's own Status. Two things are tried again here, since the server has not carried them out: what an overloaded
/// server refuses (429), after the pause that it asks for; and once, with new credentials, what it refuses to know us for (401). Nothing else is. Thread-safe.
/// </summary>
public sealed partial class KubernetesClient : IDisposable
{
    private const int MostAnswerBytes = 256 * 1024 * 1024;
    private const int MostErrorBytes = 64 * 1024;

    private static readonly TimeSpan PauseUnasked = TimeSpan.FromSeconds(1);

    private readonly ClusterConnection _connection;
    private readonly KubernetesClientOptions _options;
    private readonly TimeProvider _time;
    private readonly IChance _chance;
    private readonly Lock _lock = new();
    private readonly List<HttpMessageInvoker> _transports = [];
    private (string? Thumbprint, HttpMessageInvoker Http)? _transport;
    private bool _disposed;

    /// <summary>Makes the client; nothing is sent yet.</summary>
    public KubernetesClient(ClusterConnection connection, KubernetesClientOptions options, TimeProvider time, IChance chance)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _chance = chance;
    }

    /// <summary>The server's address.</summary>
    public Uri Server => _connection.Server;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (HttpMessageInvoker transport in _transports) transport.Dispose();
        }
    }

    internal async Task<T> ReadAsync<T>(KubernetesRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(request, cancellationToken);
        return await ReadAsync(request, reply, type, cancellationToken);
    }

    private async Task<T> ReadAsync<T>(KubernetesRequest request, HttpResponseMessage reply, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(((WholeAnswer)reply.Content).Bytes, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            // Of a secret the parser would say where in it it stumbled, and over what.
            string why = request.Resource == ApiResource.Secrets.Plural ? "" : $" ({e.Message})";
            throw Failed(FailureKind.Unreadable, request, $"the answer cannot be read as {typeof(T).Name}{why}", request.Resource == ApiResource.Secrets.Plural ? null : e);
        }
    }

    // The whole answer, or of a stream its beginning.
    internal async Task<HttpResponseMessage> SendAsync(KubernetesRequest request, CancellationToken cancellationToken)
    {
        ClusterCredentials? refused = null;
        for (int repeats = 0; ;)
        {
            ClusterCredentials credentials = await _connection.Credentials.GetAsync(cancellationToken);
            try
            {
                return await SendOnceAsync(request, credentials, cancellationToken);
            }
            catch (KubernetesException e) when (e.Kind == FailureKind.Unauthenticated && refused is null)
            {
                refused = credentials;
                _connection.Credentials.Refused(credentials);
                // What cannot be had anew is not tried anew.
                if ((await _connection.Credentials.GetAsync(cancellationToken)).IsSameAs(refused)) throw;
            }
            catch (KubernetesException e) when (e.Kind == FailureKind.Throttled && repeats < _options.MostRepeats)
            {
                repeats++;
                TimeSpan asked = e.RetryAfter ?? PauseUnasked;
                // Spread, for all that were refused together would come back together.
                TimeSpan pause = asked + asked * _chance.NextDouble() / 2;
                await Task.Delay(pause < _options.LongestPause ? pause : _options.LongestPause, _time, cancellationToken);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(KubernetesRequest request, ClusterCredentials credentials, CancellationToken cancellationToken)
    {
        HttpMessageInvoker http = TransportFor(credentials);
        using HttpRequestMessage message = Message(request, credentials);
        using var limit = new CancellationTokenSource(_options.Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        HttpResponseMessage? reply = null;
        try
        {
            reply = await http.SendAsync(message, both.Token);
            if (reply.StatusCode == HttpStatusCode.SwitchingProtocols && request.WebSocketProtocols is not null) return Taken(ref reply);
            if (reply.IsSuccessStatusCode && request.IsStream) return Taken(ref reply);
            await BufferAsync(request, reply, reply.IsSuccessStatusCode ? MostAnswerBytes : MostErrorBytes, both.Token);
            if (reply.IsSuccessStatusCode && request.WebSocketProtocols is null) return Taken(ref reply);
            throw await RefusedAsync(request, reply, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(request.Writes ? FailureKind.OutcomeUnknown : request.ReachesNode ? FailureKind.NodeUnreachable : FailureKind.Unavailable, request,
                string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Patience.TotalSeconds} s"));
        }
        catch (Exception e) when (IsBreak(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Broken(request, e);
        }
        finally
        {
            reply?.Dispose();
        }
    }

    private static HttpResponseMessage Taken(ref HttpResponseMessage? reply)
    {
        HttpResponseMessage taken = reply!;
        reply = null;
        return taken;
    }

    private HttpRequestMessage Message(KubernetesRequest request, ClusterCredentials credentials)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_connection.Server, request.Path))
        {
            Version = HttpVersion.Version11,
            // HTTP/2 where the server offers it; a WebSocket begins as HTTP/1.1.
            VersionPolicy = request.WebSocketProtocols is null ? HttpVersionPolicy.RequestVersionOrHigher : HttpVersionPolicy.RequestVersionExact,
        };
        // The handler takes the name that it asks for and checks in TLS from here: there is no other way to say it.
        if (_connection.TlsServerName is { } name) message.Headers.Host = string.Create(CultureInfo.InvariantCulture, $"{name}:{_connection.Server.Port}");
        message.Headers.Authorization = credentials.Header;
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        foreach ((string header, string value) in _connection.Headers) message.Headers.TryAddWithoutValidation(header, value);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType ?? "application/json");
        }
        if (request.WebSocketProtocols is { } protocols)
        {
            byte[] key = new byte[16];
            _chance.Fill(key);
            message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            message.Headers.TryAddWithoutValidation("Upgrade", "websocket");
            message.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
            message.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(key));
            message.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", protocols);
        }
        return message;
    }

    private async Task BufferAsync(KubernetesRequest request, HttpResponseMessage reply, int most, CancellationToken cancellationToken)
    {
        reply.Content = await WholeAnswer.ReadAsync(reply, most, cancellationToken)
            ?? throw Failed(FailureKind.Unreadable, request, string.Create(CultureInfo.InvariantCulture, $"the answer has more than {most} bytes"));
    }

    private async Task<KubernetesException> RefusedAsync(KubernetesRequest request, HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        int code = (int)reply.StatusCode;
        string text = Encoding.UTF8.GetString(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
        ApiStatus? status = StatusOf(text);
        FailureKind kind = FailureRules.Judge(code, status, request.Writes, request.Resource, request.ReachesNode);
        return new KubernetesException(kind, $"{Server}: {request.Saying}: {FailureRules.Describe(code, status, text, request.HidesValues)}")
        {
            Code = code,
            Status = status,
            RetryAfter = reply.Headers.RetryAfter is { } told ? told.Delta ?? (told.Date is { } date ? date - _time.GetUtcNow() : null)
                : status?.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds)
                : null,
        };
    }

    // By trying, not by content-type: a Status may come as text/plain, and without kind.
    internal static ApiStatus? StatusOf(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{")) return null;
        try
        {
            ApiStatus? status = JsonSerializer.Deserialize(text, KubernetesJson.Default.ApiStatus);
            return status is { Kind: "Status" } or { Kind: null, Status: "Failure" or "Success" } ? status : null;
        }
        catch (JsonException)
        {
            // Other JSON, such as the list of paths: no account of the API's.
            return null;
        }
    }

    internal KubernetesException Failed(FailureKind kind, KubernetesRequest request, string what, Exception? inner = null) => new(kind, $"{Server}: {request.Saying}: {what}", inner);

    // A call that is cancelled takes its connection along, and may see that before it sees that it was cancelled.
    internal static bool IsBreak(Exception e) => e is HttpRequestException or ObjectDisposedException or (IOException and not KubernetesException);

    // What is thrown while an answer is waited for or read.
    internal KubernetesException Broken(KubernetesRequest request, Exception e)
    {
        Exception cause = e;
        while (cause.InnerException is { } inner) cause = inner;
        if (cause is KubeconfigException) return Failed(FailureKind.Untrusted, request, cause.Message, e);
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } || cause is AuthenticationException)
            return Failed(FailureKind.Untrusted, request, $"no trusted connection came about: {cause.Message}", e);
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError })
            return Failed(FailureKind.Unreachable, request, $"the server cannot be reached: {cause.Message}", e);
        return Failed(request.Writes ? FailureKind.OutcomeUnknown : FailureKind.Unavailable, request, $"the connection broke: {cause.Message}", e);
    }

    private HttpMessageInvoker TransportFor(ClusterCredentials credentials)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_transport is { } current && current.Thumbprint == credentials.Thumbprint) return current.Http;
            // The one before stays until the end: streams may still run in it.
            var http = new HttpMessageInvoker(Handler(credentials));
            _transports.Add(http);
            _transport = (credentials.Thumbprint, http);
            return http;
        }
    }

    private SocketsHttpHandler Handler(ClusterCredentials credentials) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // The connection knows the environment's too: .NET's own choice would be another than kubectl's.
        UseProxy = _connection.Proxy is not null,
        Proxy = _connection.Proxy,
        AutomaticDecompression = DecompressionMethods.GZip,
        ActivityHeadersPropagator = null,
        // Over HTTP/1.1 each watch and each follow holds a connection of its own; over HTTP/2 a server allows some 100 streams a connection.
        MaxConnectionsPerServer = int.MaxValue,
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        ConnectTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = credentials.Certificate,
            // Before our own look: what a server leaves out is not fetched from where it says, for it may be anyone yet. kubectl fetches nothing either.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => _connection.Trust.Accepts(certificate, chain, errors),
        },
    };
}
