using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Client.Contexts;
using Federation.Client.Requests;
using Federation.Client.Tokens;
using Federation.Domain.Json;

namespace Federation.Client;

/// <summary>
/// The plane's REST API, typed. Safe for concurrent use. Every call throws <see cref="ApiException"/> where the plane refuses and
/// <see cref="PlaneUnreachableException"/> where it does not answer; calls that may be repeated are tried again for
/// <see cref="FederationClientOptions.RetryFor"/>, or <see cref="FederationClientOptions.RetryKnownFor"/>, while a service restarts.
/// </summary>
public sealed partial class FederationClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ITokenSource? _tokens;
    private readonly FederationClientOptions _options;
    private readonly RequestSender _sender;

    /// <summary>Makes a client over an HttpClient whose base address is the plane's API; it is disposed with the client, the token source too if it can be.</summary>
    /// <param name="http">The transport; its own timeout is switched off.</param>
    /// <param name="tokens">Where tokens come from; none are sent if null.</param>
    /// <param name="options">Tenant, namespace, patience.</param>
    public FederationClient(HttpClient http, ITokenSource? tokens, FederationClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http.BaseAddress);
        http.Timeout = Timeout.InfiniteTimeSpan;
        _http = http;
        _tokens = tokens;
        _options = options ?? new();
        _sender = new(http, tokens, _options);
    }

    /// <summary>Makes a client of a context.</summary>
    /// <param name="context">The plane and the identity.</param>
    /// <param name="options">Patience and clock; tenant and namespace are the context's.</param>
    public static FederationClient Create(ClientContext context, FederationClientOptions? options = null)
    {
        options = (options ?? new()) with { Tenant = context.Tenant, Namespace = context.Namespace ?? "default" };
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseProxy = false };
        Uri address = context.Server.AbsoluteUri.EndsWith('/') ? context.Server : new Uri(context.Server.AbsoluteUri + "/");
        var http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        ITokenSource? tokens = context is { ClientId: { } id, ClientSecret: { } secret } ? new ClientCredentials(http, id, secret, options.Time) : null;
        return new FederationClient(http, tokens, options);
    }

    /// <summary>The namespace meant where none is named.</summary>
    public string Namespace => _options.Namespace;

    /// <summary>The plane's address.</summary>
    public Uri Server => _http.BaseAddress!;

    /// <inheritdoc/>
    public void Dispose()
    {
        (_tokens as IDisposable)?.Dispose();
        _http.Dispose();
    }

    private async Task<T> GetJsonAsync<T>(ApiPath path, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, ct);
        return await ReadAsync<T>(response, ct);
    }

    private async Task<IReadOnlyList<T>> GetItemsAsync<T>(ApiPath path, CancellationToken ct) =>
        (await GetJsonAsync<Contracts.Api.ItemList<T>>(path, ct)).Items;

    private async Task<T> PostAsync<T>(ApiPath path, object? body, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, path, body, ct);
        return await ReadAsync<T>(response, ct);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, ApiPath path, object? body, CancellationToken ct, Action<HttpRequestMessage>? prepare = null, bool stream = false)
    {
        string target = path.With("tenant", _options.Tenant).ToString();
        byte[]? content = body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), DomainJson.Options);
        return _sender.SendAsync(Make, stream, ct);

        HttpRequestMessage Make()
        {
            var request = new HttpRequestMessage(method, target);
            if (content is not null)
            {
                request.Content = new ByteArrayContent(content);
                request.Content.Headers.ContentType = new("application/json");
            }
            prepare?.Invoke(request);
            return request;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(DomainJson.Options, ct) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ApiException(response.StatusCode, null, "The plane's answer is not understood", $"{response.RequestMessage?.RequestUri?.AbsolutePath} answered with what is no {typeof(T).Name} ({e.Path ?? "the whole body"})");
        }
    }

    private static T Typed<T>(JsonNode node, Type type) =>
        (T)(node.Deserialize(type, DomainJson.Options) ?? throw new JsonException($"an empty {type.Name}"));
}
