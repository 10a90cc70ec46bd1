using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Federation.Engine.Connecting;
using Federation.Engine.Streams;

namespace Federation.Engine;

/// <summary>
/// Speaks the Docker Engine API with one engine: the version that both know, over a Unix socket or TCP with mutual TLS. Every answer is bounded in
/// size and, but for streams, in time; a failure is an <see cref="EngineException"/> with the daemon's own words. Nothing is tried again here.
/// Thread-safe.
/// </summary>
public sealed partial class EngineClient : IDisposable
{
    /// <summary>The oldest API version that is spoken (Docker 20.10).</summary>
    public static readonly Version OldestVersion = new(1, 41);

    /// <summary>The newest API version that is spoken; a newer engine is spoken with in this one.</summary>
    public static readonly Version NewestVersion = new(1, 51);

    private const int MostAnswerBytes = 32 * 1024 * 1024;

    // A swarm's configs come with their data, of up to 1,000 KiB each, and its tasks with all that they are made with.
    private const long MostListBytes = 512L * 1024 * 1024;
    private const int MostErrorBytes = 16 * 1024;
    private const int MostErrorLength = 1000;

    private readonly EngineClientOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly HttpMessageInvoker _anew;
    private Version? _version;

    /// <summary>Makes the client; nothing is sent yet.</summary>
    public EngineClient(EngineClientOptions options, TimeProvider time)
    {
        if (options.Tls is not null && options.Address.SocketPath is not null) throw new ArgumentException("TLS is for an engine on TCP, not on a Unix socket", nameof(options));
        _options = options;
        _time = time;
        _http = new HttpMessageInvoker(Handler());
        SocketsHttpHandler single = Handler();
        single.PooledConnectionLifetime = TimeSpan.Zero;
        _anew = new HttpMessageInvoker(single);
    }

    /// <summary>Where the engine listens.</summary>
    public EngineAddress Address => _options.Address;

    /// <summary>Whether it answers, and in which API version it is spoken with from then on.</summary>
    /// <exception cref="EngineException">It does not, or knows no version that is known here.</exception>
    public async Task<Version> NegotiateAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await PingAsync(cancellationToken);
        string? told = reply.Headers.TryGetValues("Api-Version", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        if (!Version.TryParse(told, out Version? newest)) throw new EngineException($"what listens at {Address} does not say an API version: it is no Docker Engine");
        if (newest < OldestVersion) throw new EngineException($"the engine at {Address} speaks API {newest} at most, and at least {OldestVersion} is needed: Docker 20.10 or newer");
        return _version = newest < NewestVersion ? newest : NewestVersion;
    }

    /// <summary>What the engine is and can enforce.</summary>
    public Task<EngineInfo> InfoAsync(CancellationToken cancellationToken) => GetAsync("info", EngineJson.Default.EngineInfo, cancellationToken);

    /// <summary>The engine's versions.</summary>
    public Task<EngineVersion> VersionAsync(CancellationToken cancellationToken) => GetAsync("version", EngineJson.Default.EngineVersion, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _anew.Dispose();
    }

    private async Task<HttpResponseMessage> PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(_http, new HttpRequestMessage(HttpMethod.Get, new Uri(Base, "_ping")), HttpCompletionOption.ResponseContentRead, cancellationToken);
        }
        catch (EngineException e) when (e.Status is not null)
        {
            // Not a refusal of what was asked for: nothing was. What listens there takes nothing from us, or is no engine.
            bool secure = _options.Tls is null && e.Message.Contains("HTTPS server", StringComparison.Ordinal);
            throw new EngineException(secure ? $"the engine at {Address} wants TLS, and there are no certificates for it here ({e.Message})" : $"what listens at {Address} does not let itself be asked: {e.Message}", e);
        }
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private static string Filters(params (string Name, string Value)[] filters)
    {
        var byName = filters.GroupBy(static filter => filter.Name, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.Select(static filter => filter.Value).ToArray());
        return Escape(JsonSerializer.Serialize(byName, EngineJson.Default.DictionaryStringStringArray));
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return await ReadAsync(reply, type, cancellationToken);
    }

    // Read as it comes, since it may be long. What has no end in sight is given up as any answer is, and what falls silent on the way.
    private async Task<T> ListAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await OpenAsync(await RequestAsync(HttpMethod.Get, path, null, cancellationToken), cancellationToken);
        using var silence = new CancellationTokenSource(_options.Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            using var body = new BoundedStream(await reply.Content.ReadAsStreamAsync(both.Token), MostListBytes, () => silence.CancelAfter(_options.Patience));
            return await JsonSerializer.DeserializeAsync(body, type, both.Token) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new EngineException($"the answer of the engine at {Address} cannot be read: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException($"the engine at {Address} answers with more than {MostListBytes} bytes", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"the engine at {Address} does not answer within {_options.Patience.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or (IOException and not EngineException))
        {
            _version = null;
            throw Unreachable(e);
        }
    }

    private async Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, path, Json(body, bodyType), cancellationToken);
        return await ReadAsync(reply, type, cancellationToken);
    }

    private async Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(method, path, null, cancellationToken);
    }

    // An engine that ends takes no new connections, but goes on serving those it has: what it starts so late it forgets, and it leaves the mounts of it behind, under which the
    // container can never be removed. So what makes something run comes by a connection of its own.
    private async Task<HttpResponseMessage> BeginAsync(string path, HttpContent? content, CancellationToken cancellationToken) =>
        await SendAsync(_anew, await RequestAsync(HttpMethod.Post, path, content, cancellationToken), HttpCompletionOption.ResponseContentRead, cancellationToken);

    private static ByteArrayContent Json<TBody>(TBody body, JsonTypeInfo<TBody> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken) =>
        await SendAsync(_http, await RequestAsync(method, path, content, cancellationToken), HttpCompletionOption.ResponseContentRead, cancellationToken);

    // A stream: the answer's beginning is waited for, its end is the caller's.
    private async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await SendAsync(_http, request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        Version version = _version ?? await NegotiateAsync(cancellationToken);
        return new HttpRequestMessage(method, new Uri(Base, $"v{version}/{path}")) { Content = content };
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker http, HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using (request)
        using (var limit = new CancellationTokenSource(_options.Patience, _time))
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token))
        {
            HttpResponseMessage? reply = null;
            try
            {
                reply = await http.SendAsync(request, both.Token);
                if (reply.StatusCode == HttpStatusCode.SwitchingProtocols || (reply.IsSuccessStatusCode && completion == HttpCompletionOption.ResponseHeadersRead)) return Taken(ref reply);
                await BufferAsync(reply, reply.IsSuccessStatusCode ? MostAnswerBytes : MostErrorBytes, both.Token);
                // 304: it is in the state that was asked for.
                if (reply.IsSuccessStatusCode || reply.StatusCode == HttpStatusCode.NotModified) return Taken(ref reply);
                throw new EngineException(reply.StatusCode, await MessageOfAsync(reply, both.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"the engine at {Address} does not answer within {_options.Patience.TotalSeconds} s"));
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or (IOException and not EngineException))
            {
                // It may come back as another version.
                _version = null;
                throw Unreachable(e);
            }
            finally
            {
                reply?.Dispose();
            }
        }
    }

    private static HttpResponseMessage Taken(ref HttpResponseMessage? reply)
    {
        HttpResponseMessage taken = reply!;
        reply = null;
        return taken;
    }

    private async Task BufferAsync(HttpResponseMessage reply, int most, CancellationToken cancellationToken)
    {
        using Stream body = await reply.Content.ReadAsStreamAsync(cancellationToken);
        var buffered = new MemoryStream();
        byte[] buffer = new byte[32 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (buffered.Length + read > most) throw new EngineException($"the engine at {Address} answers with more than {most} bytes");
            buffered.Write(buffer, 0, read);
        }
        var content = new ByteArrayContent(buffered.ToArray());
        reply.Content = content;
    }

    private static async Task<string> MessageOfAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        string text = Encoding.UTF8.GetString(await reply.Content.ReadAsByteArrayAsync(cancellationToken)).Trim();
        string? message = null;
        try
        {
            message = JsonSerializer.Deserialize(text, EngineJson.Default.EngineMessage)?.Message;
        }
        catch (JsonException)
        {
            // Not the daemon's form: its text as it is.
        }
        message = (message ?? text).Trim();
        if (message.Length == 0) return string.Create(CultureInfo.InvariantCulture, $"the engine answers {(int)reply.StatusCode}");
        return message.Length > MostErrorLength ? message[..MostErrorLength] + "…" : message;
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage reply, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await reply.Content.ReadAsByteArrayAsync(cancellationToken), type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new EngineException($"the answer of the engine at {Address} cannot be read: {e.Message}", e);
        }
    }
}
