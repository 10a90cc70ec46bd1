using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Observability.Tests.Logs;

/// <summary>A receiver over HTTP that answers as the test says.</summary>
internal sealed class HttpStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    public HttpStub(Func<string, (int Status, string Answer)> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            Requests.Enqueue((context.Request.Headers.Authorization.ToString(), body));
            (int status, string text) = answer(body);
            context.Response.StatusCode = status;
            if (status == StatusCodes.Status429TooManyRequests) context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteAsync(text);
        });
    }

    public ConcurrentQueue<(string Authorization, string Body)> Requests { get; } = new();

    public Uri Address => new(_app.Urls.First());

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
