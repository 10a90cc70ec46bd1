using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Federation.Grpc.Client;
using Federation.Grpc.HealthChecks;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Federation.Grpc.Tests.Probes;

/// <summary>Serves <c>Probe</c> and the health service on a free loopback port.</summary>
internal sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProbeServer(WebApplication app, GrpcHealth health)
    {
        _app = app;
        Health = health;
    }

    public Uri Address { get; private set; } = null!;

    public GrpcHealth Health { get; }

    /// <summary>One entry for each hanging call that saw its cancellation.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    /// <summary>How the Chat calls' receiving ended.</summary>
    public ConcurrentQueue<Exception> Broken { get; } = new();

    /// <summary>Completes when a call hangs.</summary>
    public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a hanging call has been cancelled.</summary>
    public TaskCompletionSource SawCancellation { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a Chat call broke.</summary>
    public TaskCompletionSource SawBreak { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ProbeServer> StartAsync(
        TestAuthority? authority = null, X509Certificate2? certificate = null, AllowedPeers? peers = null, Action<GrpcServerOptions>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.UseGrpc();
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                    listen.UseHttps(new HttpsConnectionAdapterOptions
                    {
                        ServerCertificate = certificate,
                        ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                        ClientCertificateValidation = (leaf, _, _) => authority!.Trusts(leaf),
                    });
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddGrpcServer(options =>
        {
            options.Authorize = (context, allowed) =>
                allowed is AllowedPeers.NamedService named && context.Connection.ClientCertificate?.Subject == $"CN={named.Name}";
            configure?.Invoke(options);
        });
        WebApplication app = builder.Build();
        ProbeServer server = new(app, new GrpcHealth());
        peers ??= AllowedPeers.Anonymous;
        app.MapGrpcUnary(ProbeMethods.Ask, peers, server.AskAsync);
        app.MapGrpcClientStream(ProbeMethods.Collect, peers, CollectAsync);
        app.MapGrpcServerStream(ProbeMethods.Spread, peers, server.SpreadAsync);
        app.MapGrpcDuplex(ProbeMethods.Chat, peers, server.ChatAsync);
        app.MapGet("/plain", () => "plain");
        server.Health.Map(app, AllowedPeers.Anonymous);
        await app.StartAsync();
        server.Address = new Uri(app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        return server;
    }

    public GrpcChannel Connect(GrpcChannelOptions? options = null) => new(Address, options);

    /// <summary>Stops; open connections are cut when the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<ProbeReply> AskAsync(ProbeRequest request, GrpcServerCall call)
    {
        call.ResponseHeaders.Add("probe-peer", call.HttpContext.Connection.ClientCertificate?.Subject ?? "none");
        if (call.RequestHeaders.Text("probe-text") is { } text)
            call.ResponseHeaders.Add("probe-text", text);
        if (call.RequestHeaders.Bytes("probe-bin") is { } bytes)
            call.ResponseTrailers.Add("probe-bin", bytes);
        await FailOrHangAsync(request, call);
        return new ProbeReply { Text = request.Text, Count = request.Count, Payload = request.Payload };
    }

    private static async Task<ProbeReply> CollectAsync(IMessageStream<ProbeReply, ProbeRequest> stream, GrpcServerCall call)
    {
        List<string> texts = [];
        while (await stream.ReceiveAsync(call.CancellationToken) is (true, { } request))
            texts.Add(request.Text);
        return new ProbeReply { Count = texts.Count, Text = string.Join(",", texts) };
    }

    private async Task SpreadAsync(ProbeRequest request, IMessageStream<ProbeReply, ProbeRequest> stream, GrpcServerCall call)
    {
        for (int i = 0; i < request.Count; i++)
            await stream.SendAsync(new ProbeReply { Count = i, Text = request.Text, Payload = request.Payload }, call.CancellationToken);
        await FailOrHangAsync(request, call);
    }

    private async Task ChatAsync(IMessageStream<ProbeReply, ProbeRequest> stream, GrpcServerCall call)
    {
        try
        {
            while (await stream.ReceiveAsync(CancellationToken.None) is (true, { } request))
            {
                await FailOrHangAsync(request, call);
                await stream.SendAsync(new ProbeReply { Text = request.Text, Count = request.Count, Payload = request.Payload }, CancellationToken.None);
            }
        }
        catch (StreamBrokenException e)
        {
            Broken.Enqueue(e);
            SawBreak.TrySetResult();
            throw;
        }
    }

    private async Task FailOrHangAsync(ProbeRequest request, GrpcServerCall call)
    {
        if (request.FailCode == 99)
            throw new InvalidOperationException(request.FailDetail);
        if (request.FailCode != 0)
            throw new RpcException((StatusCode)request.FailCode, request.FailDetail) { Trailers = new Metadata.GrpcMetadata().Add("probe-why", "asked") };
        if (!request.Hang)
            return;
        Hangs.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled.Enqueue(request.Text);
            SawCancellation.TrySetResult();
            throw;
        }
    }
}
