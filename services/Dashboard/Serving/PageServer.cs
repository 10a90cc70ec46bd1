using System.Text;
using Federation.Dashboard.Elements;
using Federation.Dashboard.Pages;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Planes;
using Federation.Dashboard.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Federation.Dashboard.Serving;

/// <summary>Draws pages: as a document, and again and again as a stream of what changed in it.</summary>
internal sealed partial class PageServer(
    PlaneConnections planes, SessionCookie cookie, IAntiforgery antiforgery, ILoggerFactory loggers, ILogger<PageServer> logger, TimeProvider time)
{
    /// <summary>Answers a request for a page: with the document, or with its stream where the browser asks for events.</summary>
    public async Task HandleAsync(HttpContext context, Func<PageRequest, Task<PageContent>> build)
    {
        bool live = context.Request.Headers.Accept.ToString().StartsWith("text/event-stream", StringComparison.Ordinal);
        if (cookie.Read(context) is not { } session)
        {
            if (live) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else context.Response.Redirect(SignInAddress(context));
            return;
        }
        Frame frame = FrameOf(context, session) with { Live = true };
        PlaneConnection plane = planes.Of(session);
        if (live)
        {
            await new PageStream(async () => await DrawAsync(context, session, plane, frame, build), plane.Touch, time).SendAsync(context);
            return;
        }
        PageDrawing drawing;
        try
        {
            drawing = await DrawAsync(context, session, plane, frame, build);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(logger, context.Request.Path, e);
            await WriteAsync(context, 500, await RenderAsync(context, frame, Messages.Fault(), null));
            return;
        }
        if (drawing.SignedOut)
        {
            cookie.Remove(context);
            context.Response.Redirect(SignInAddress(context));
            return;
        }
        await WriteAsync(context, drawing.Content.Status, drawing.Html);
    }

    /// <summary>Answers with a page that needs no session.</summary>
    public async Task ShowAsync(HttpContext context, PageContent content)
    {
        Frame frame = FrameOf(context, cookie.Read(context));
        await WriteAsync(context, content.Status, await RenderAsync(context, frame, content, null));
    }

    private async Task<PageDrawing> DrawAsync(HttpContext context, Session session, PlaneConnection plane, Frame frame, Func<PageRequest, Task<PageContent>> build)
    {
        var request = new PageRequest(context, session, plane, time);
        Task<Reading<IReadOnlyList<Domain.Clusters.Cluster>>> clusters = request.ReadAsync(plane.Clusters);
        Task<Reading<IReadOnlyList<Domain.Workloads.Workload>>> workloads = request.ReadAsync(plane.Workloads);
        PageContent content = await build(request);
        var badges = new NavigationBadges(await clusters, await workloads);
        string html = await RenderAsync(context, frame with { Now = request.Now }, content, badges);
        return new PageDrawing(content, html, request.Used, badges.SignedOut);
    }

    private async Task<string> RenderAsync(HttpContext context, Frame frame, PageContent content, NavigationBadges? badges)
    {
        await using var renderer = new HtmlRenderer(context.RequestServices, loggers);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<Shell>(ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(Shell.Frame)] = frame,
                [nameof(Shell.Content)] = content,
                [nameof(Shell.Badges)] = badges,
            }));
            return root.ToHtmlString();
        });
    }

    private Frame FrameOf(HttpContext context, Session? session)
    {
        AntiforgeryTokenSet tokens = antiforgery.GetAndStoreTokens(context);
        return new Frame
        {
            Session = session,
            Address = context.Request.Path + context.Request.QueryString,
            Theme = context.Request.Cookies[ThemeForm.Cookie] is "light" or "dark" ? context.Request.Cookies[ThemeForm.Cookie]! : "system",
            CsrfField = tokens.FormFieldName,
            CsrfToken = tokens.RequestToken!,
            Now = time.GetUtcNow(),
            Said = Saying.Take(context),
        };
    }

    private static string SignInAddress(HttpContext context)
    {
        string address = context.Request.Path + context.Request.QueryString;
        return address == "/" ? "/sign-in" : $"/sign-in?to={Uri.EscapeDataString(address)}";
    }

    private static async Task WriteAsync(HttpContext context, int status, string html)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept, Cookie";
        byte[] body = Encoding.UTF8.GetBytes(html);
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Error, Message = "The page {Path} could not be drawn")]
    private static partial void LogFault(ILogger logger, string path, Exception exception);
}
