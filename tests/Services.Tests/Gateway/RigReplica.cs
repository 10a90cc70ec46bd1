using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Federation.Services.Tests.Gateway;

/// <summary>A program behind the gateway, which counts the executions of each request by <c>X-Test-Id</c>.</summary>
internal sealed class RigReplica : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RigReplica(WebApplication app, string name, int port)
    {
        _app = app;
        Name = name;
        Port = port;
    }

    public string Name { get; }

    public int Port { get; }

    public ConcurrentDictionary<string, int> Executions { get; } = new();

    /// <summary>Completes <c>/slow</c>.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many requests wait in <c>/slow</c>.</summary>
    public int Waiting => _waiting;

    private int _waiting;

    public static async Task<RigReplica> StartAsync(string name, HttpProtocols protocols = HttpProtocols.Http1, Action<WebApplicationBuilder>? services = null, Action<WebApplication>? endpoints = null)
    {
        int port = GatewayRig.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.Protocols = protocols));
        services?.Invoke(builder);
        WebApplication app = builder.Build();
        var replica = new RigReplica(app, name, port);
        app.UseWebSockets();
        app.Use((context, next) =>
        {
            if (context.Request.Headers["X-Test-Id"].ToString() is { Length: > 0 } id) replica.Executions.AddOrUpdate(id, 1, (_, count) => count + 1);
            return next(context);
        });
        app.Map("/die", (RequestDelegate)(context =>
        {
            context.Features.Get<IConnectionLifetimeFeature>()!.Abort();
            return Task.CompletedTask;
        }));
        app.Map("/half", (RequestDelegate)(async context =>
        {
            await context.Response.WriteAsync("the beginning");
            await context.Response.Body.FlushAsync();
            await replica.Release.Task.WaitAsync(context.RequestAborted);
            context.Features.Get<IConnectionLifetimeFeature>()!.Abort();
        }));
        app.Map("/slow", (RequestDelegate)(async context =>
        {
            Interlocked.Increment(ref replica._waiting);
            await replica.Release.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(name);
        }));
        app.Map("/headers", (RequestDelegate)(context => context.Response.WriteAsync(string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}")))));
        app.Map("/stream", (RequestDelegate)(async context =>
        {
            await context.Response.WriteAsync("first\n");
            await context.Response.Body.FlushAsync();
            await replica.Release.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("second\n");
        }));
        app.Map("/ws", (RequestDelegate)EchoAsync);
        endpoints?.Invoke(app);
        app.MapFallback((RequestDelegate)(async context =>
        {
            context.Response.Headers["X-Protocol"] = context.Request.Protocol;
            context.Response.Headers["X-Path"] = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            using var body = new StreamReader(context.Request.Body);
            string text = await body.ReadToEndAsync();
            await context.Response.WriteAsync($"{name}{text}");
        }));
        await app.StartAsync();
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
