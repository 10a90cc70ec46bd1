using System.Net;
using System.Net.Security;
using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Google.Protobuf;

namespace Federation.Grpc.Client;

/// <summary>A client of one server. Connects when it is first used, shares connections between calls, reconnects by itself. Safe for concurrent use.</summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes a channel; no connection is made yet.</summary>
    /// <param name="address"><c>https://host:port</c>, or <c>http://</c> for HTTP/2 without TLS.</param>
    /// <param name="options">How to connect.</param>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{address} is not an http or https address", nameof(address));
        Address = address;
        Options = options ?? new GrpcChannelOptions();
        _invoker = Options.Handler is null
            ? new HttpMessageInvoker(CreateHandler(Options), disposeHandler: true)
            : new HttpMessageInvoker(Options.Handler, disposeHandler: false);
    }

    /// <summary>Where the server is.</summary>
    public Uri Address { get; }

    internal GrpcChannelOptions Options { get; }

    /// <summary>Calls a method with one request and one response.</summary>
    /// <exception cref="RpcException">The call ended with another status than OK.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.Require(GrpcMethodKind.Unary);
        GrpcClientCall<TRequest, TResponse> call = await OpenAsync(method, options, cancellationToken).ConfigureAwait(false);
        await using (call.ConfigureAwait(false))
        {
            await call.SendSingleAsync(request, cancellationToken).ConfigureAwait(false);
            return await call.ReceiveSingleAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Calls a method with one request and many responses. The stream's sending side is complete already.</summary>
    /// <exception cref="RpcException">The server cannot be reached; later failures surface in the stream.</exception>
    public async Task<GrpcClientCall<TRequest, TResponse>> ServerStreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.Require(GrpcMethodKind.ServerStreaming);
        GrpcClientCall<TRequest, TResponse> call = await OpenAsync(method, options, cancellationToken).ConfigureAwait(false);
        try
        {
            await call.SendSingleAsync(request, cancellationToken).ConfigureAwait(false);
            return call;
        }
        catch
        {
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Calls a method with many requests and one response: send, complete, then <see cref="GrpcClientCall{TRequest,TResponse}.ReceiveSingleAsync"/>.</summary>
    /// <exception cref="RpcException">The server cannot be reached; later failures surface in the stream.</exception>
    public Task<GrpcClientCall<TRequest, TResponse>> ClientStreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.Require(GrpcMethodKind.ClientStreaming);
        return OpenAsync(method, options, cancellationToken);
    }

    /// <summary>
    /// Opens a method with many requests and many responses. Returns when the request is on its way, before the server has answered: a refusal surfaces
    /// in the stream as <see cref="StreamBrokenException"/> with an <see cref="RpcException"/> inside. The token serves the opening alone; afterwards dispose the stream.
    /// </summary>
    /// <exception cref="RpcException">The server cannot be reached.</exception>
    public Task<GrpcClientCall<TRequest, TResponse>> DuplexAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.Require(GrpcMethodKind.Duplex);
        return OpenAsync(method, options, cancellationToken);
    }

    /// <summary>Ends all connections; open calls break.</summary>
    public void Dispose() => _invoker.Dispose();

    internal async Task<GrpcClientCall<TRequest, TResponse>> OpenAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions? options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        cancellationToken.ThrowIfCancellationRequested();
        GrpcClientCall<TRequest, TResponse> call = new(this, method, options ?? GrpcCallOptions.None);
        try
        {
            await call.StartAsync(_invoker, cancellationToken).ConfigureAwait(false);
            return call;
        }
        catch
        {
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static SocketsHttpHandler CreateHandler(GrpcChannelOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = options.ConnectTimeout,
        KeepAlivePingDelay = options.KeepAlivePingDelay,
        KeepAlivePingTimeout = options.KeepAlivePingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionLifetime = options.ConnectionLifetime,
        InitialHttp2StreamWindowSize = options.InitialStreamWindow,
        SslOptions = new SslClientAuthenticationOptions
        {
            TargetHost = options.TargetHost,
            // A resumed session would carry the certificate of the handshake that began it, however old.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = options.ServerCertificateValidation,
            LocalCertificateSelectionCallback = options.ClientCertificate is { } certificate ? (_, _, _, _, _) => certificate()! : null,
        },
    };
}
