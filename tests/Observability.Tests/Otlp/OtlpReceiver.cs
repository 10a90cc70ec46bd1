using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Observability.Tests.Otlp;

/// <summary>Receives OTLP over HTTP in its binary form (https://opentelemetry.io/docs/specs/otlp/; field numbers of opentelemetry-proto 1.x).</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<Span> Spans { get; } = new();

    public ConcurrentQueue<LogEntry> Logs { get; } = new();

    public string Address => _app.Urls.First();

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/traces", context => TakeAsync(context, receiver.TakeTraces));
        app.MapPost("/v1/logs", context => TakeAsync(context, receiver.TakeLogs));
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext context, Action<ProtoMessage> take)
    {
        using var body = new MemoryStream();
        Stream source = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        await source.CopyToAsync(body);
        take(new ProtoMessage(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }

    private void TakeTraces(ProtoMessage request)
    {
        foreach (ProtoMessage resource in request.Messages(1))
        {
            string service = Attributes(resource.Messages(1).First(), 1).GetValueOrDefault("service.name", "");
            foreach (ProtoMessage scope in resource.Messages(2))
            {
                string scopeName = scope.Messages(1).FirstOrDefault()?.Text(1) ?? "";
                foreach (ProtoMessage span in scope.Messages(2))
                    Spans.Enqueue(new Span(service, scopeName, span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), span.Number(7), span.Number(8), Attributes(span, 9)));
            }
        }
    }

    private void TakeLogs(ProtoMessage request)
    {
        foreach (ProtoMessage resource in request.Messages(1))
        {
            IReadOnlyDictionary<string, string> attributes = Attributes(resource.Messages(1).First(), 1);
            foreach (ProtoMessage record in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
                Logs.Enqueue(new LogEntry(attributes, record.Text(3), record.Messages(5).FirstOrDefault()?.Text(1) ?? "", Attributes(record, 6)));
        }
    }

    // KeyValue { key = 1, value = 2 }; AnyValue { string = 1, bool = 2, int = 3 }.
    private static Dictionary<string, string> Attributes(ProtoMessage message, int field) => message.Messages(field)
        .GroupBy(pair => pair.Text(1))
        .ToDictionary(pair => pair.Key, pair => pair.First().Messages(2).First() is var value && value.Text(1) is { Length: > 0 } text ? text : value.Number(3).ToString(CultureInfo.InvariantCulture));
}
