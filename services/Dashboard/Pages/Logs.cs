using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Federation.Client;
using Federation.Contracts.Api;
using Federation.Dashboard.Planes;
using Federation.Dashboard.Serving;
using Federation.Dashboard.Sessions;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Dashboard.Pages;

/// <summary>The output of all replicas of a workload: a page, and the stream that fills it.</summary>
internal static class Logs
{
    private const int UsualTail = 100;
    private const int MostTail = 2000;
    private const int LinesAhead = 5000;
    private const int LinesTogether = 500;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PlainPatience = TimeSpan.FromSeconds(3);

    public static void MapLogs(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/workloads/{namespace}/{name}/logs", (RequestDelegate)ShowAsync);
        endpoints.MapGet("/workloads/{namespace}/{name}/logs/stream", (RequestDelegate)FollowAsync);
    }

    private static Task ShowAsync(HttpContext context)
    {
        string inNamespace = (string)context.GetRouteValue("namespace")!, name = (string)context.GetRouteValue("name")!;
        int tail = Tail(context);
        return context.RequestServices.GetRequiredService<PageServer>().HandleAsync(context, async request =>
        {
            if (!Named(inNamespace, name)) return Messages.NotFound($"workload {inNamespace}/{name}");
            if ((await request.ReadAsync(request.Plane.Workload(inNamespace, name))).Fault is Parts.PartFault.Absent) return Messages.NotFound($"workload {inNamespace}/{name}");
            (IReadOnlyList<LogLine>? lines, string? remark) = request.Query("plain") is null ? (null, null) : await LastLinesAsync(request.Plane, inNamespace, name, tail, context.RequestAborted);
            return PageContent.Of<LogsPage>($"Logs of {name}", "workloads", new LogsModel(inNamespace, name, tail, lines, remark));
        });
    }

    private static async Task FollowAsync(HttpContext context)
    {
        string inNamespace = (string)context.GetRouteValue("namespace")!, name = (string)context.GetRouteValue("name")!;
        if (context.RequestServices.GetRequiredService<SessionCookie>().Read(context) is not { } session) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if (!Named(inNamespace, name)) context.Response.StatusCode = StatusCodes.Status404NotFound;
        else await StreamAsync(context, context.RequestServices.GetRequiredService<PlaneConnections>().Of(session), inNamespace, name, Tail(context));
    }

    private static bool Named(string inNamespace, string name) => Name.Violation(inNamespace) is null && Name.Violation(name) is null;

    private static int Tail(HttpContext context) =>
        int.TryParse(context.Request.Query["tail"], NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? Math.Clamp(asked, 1, MostTail) : UsualTail;

    // For browsers without scripts: what is there now.
    private static async Task<(IReadOnlyList<LogLine> Lines, string? Remark)> LastLinesAsync(PlaneConnection plane, string inNamespace, string name, int tail, CancellationToken ct)
    {
        var lines = new List<LogLine>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PlainPatience);
        try
        {
            await foreach (LogLine line in plane.Client.LogsAsync(name, new LogQuery { Tail = tail }, inNamespace, limit.Token)) lines.Add(line);
            return ([.. lines.OrderBy(line => line.Time)], null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is ApiException or PlaneUnreachableException or IOException or OperationCanceledException)
        {
            return (lines, $"Not all lines could be read: {e.Message}");
        }
    }

    private static async Task StreamAsync(HttpContext context, PlaneConnection plane, string inNamespace, string name, int tail)
    {
        CancellationToken gone = context.RequestAborted;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Slow browsers lose the oldest lines rather than hold up the agents.
        Channel<LogLine> lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(LinesAhead) { FullMode = BoundedChannelFullMode.DropOldest });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(gone);
        Task<string> reading = ReadAsync(plane, inNamespace, name, tail, lines.Writer, ending.Token);
        try
        {
            await context.Response.WriteAsync("event: begin\ndata:\n\n", gone);
            await WriteAsync(context, lines.Reader, plane, gone);
            string end = await reading;
            await context.Response.WriteAsync($"event: end\ndata: {JsonSerializer.Serialize(end)}\n\n", gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
    }

    // Answers why there are no more.
    private static async Task<string> ReadAsync(PlaneConnection plane, string inNamespace, string name, int tail, ChannelWriter<LogLine> lines, CancellationToken ct)
    {
        try
        {
            await foreach (LogLine line in plane.Client.LogsAsync(name, new LogQuery { Follow = true, Tail = tail }, inNamespace, ct)) lines.TryWrite(line);
            return "The stream has ended.";
        }
        catch (Exception e) when (e is ApiException or PlaneUnreachableException or IOException or HttpRequestException or OperationCanceledException)
        {
            return $"The stream broke: {e.Message}";
        }
        finally
        {
            lines.Complete();
        }
    }

    private static async Task WriteAsync(HttpContext context, ChannelReader<LogLine> lines, PlaneConnection plane, CancellationToken gone)
    {
        var together = new List<LogLine>(LinesTogether);
        Task<bool> more = lines.WaitToReadAsync(gone).AsTask();
        while (true)
        {
            using (var ending = CancellationTokenSource.CreateLinkedTokenSource(gone))
            {
                bool quiet = await Task.WhenAny(more, Task.Delay(KeepAlive, ending.Token)) != more;
                await ending.CancelAsync();
                gone.ThrowIfCancellationRequested();
                plane.Touch();
                if (quiet)
                {
                    await context.Response.WriteAsync(": still here\n\n", gone);
                    continue;
                }
            }
            if (!await more) return;
            together.Clear();
            while (together.Count < LinesTogether && lines.TryRead(out LogLine? line)) together.Add(line);
            await context.Response.WriteAsync($"event: lines\ndata: {JsonSerializer.Serialize(together, DomainJson.Options)}\n\n", Encoding.UTF8, gone);
            await context.Response.Body.FlushAsync(gone);
            // Many small events cost the browser more than a few large ones.
            await Task.Delay(Pace, gone);
            more = lines.WaitToReadAsync(gone).AsTask();
        }
    }
}
