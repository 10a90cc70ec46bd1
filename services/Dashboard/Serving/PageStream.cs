using System.Text;
using System.Text.Json;
using Federation.Dashboard.Parts;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Dashboard.Serving;

/// <summary>
/// Follows what a page shows and sends, as server-sent events, the pieces that look otherwise than before: <c>patch</c> with the
/// pieces' HTML by id, <c>say</c> with a sentence for screen readers, <c>reload</c> where the page became another.
/// </summary>
internal sealed class PageStream(Func<Task<PageDrawing>> draw, Action touch, TimeProvider time)
{
    // At most so often, however fast the plane changes: a person cannot read faster.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    // Ages on the page grow even where nothing happens.
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(30);
    private const int MostSaid = 3;

    public async Task SendAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        CancellationToken gone = context.RequestAborted;
        var following = new Dictionary<IPart, IDisposable>();
        try
        {
            await context.Response.WriteAsync("retry: 1000\n\n", gone);
            await FollowAsync(context, following, gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        finally
        {
            foreach (IDisposable part in following.Values) part.Dispose();
        }
    }

    private async Task FollowAsync(HttpContext context, Dictionary<IPart, IDisposable> following, CancellationToken gone)
    {
        Dictionary<string, string>? shown = null;
        IReadOnlyDictionary<string, string>? facts = null;
        PageDrawing drawing = await draw();
        while (true)
        {
            touch();
            if (drawing.SignedOut || drawing.Content.Status != 200)
            {
                await SendAsync(context, "reload", "");
                return;
            }
            foreach (IPart part in drawing.Used)
                if (!following.ContainsKey(part)) following[part] = part.Follow();
            // Taken before drawing anew: a reading that comes meanwhile is not missed.
            Task[] changes = [.. drawing.Used.Distinct().Select(part => part.Changed)];
            drawing = await draw();
            Dictionary<string, string> pieces = LivePieces.Of(drawing.Html);
            if (shown is not null && !shown.Keys.ToHashSet().SetEquals(pieces.Keys))
            {
                await SendAsync(context, "reload", "");
                return;
            }
            Dictionary<string, string> changed = pieces.Where(piece => shown is null || shown[piece.Key] != piece.Value).ToDictionary();
            if (changed.Count > 0) await SendAsync(context, "patch", JsonSerializer.Serialize(changed));
            if (facts is not null && Said(facts, drawing.Content.Facts) is { } sentence) await SendAsync(context, "say", JsonSerializer.Serialize(sentence));
            shown = pieces;
            facts = drawing.Content.Facts;
            await WaitAsync(context, changes, gone);
        }
    }

    private async Task WaitAsync(HttpContext context, Task[] changes, CancellationToken gone)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(gone);
        Task change = Task.WhenAny(changes);
        Task redraw = Task.Delay(Redraw, time, ending.Token);
        while (!change.IsCompleted && !redraw.IsCompleted)
        {
            Task quiet = Task.Delay(KeepAlive, time, ending.Token);
            if (await Task.WhenAny(change, redraw, quiet) == quiet)
            {
                gone.ThrowIfCancellationRequested();
                await context.Response.WriteAsync(": still here\n\n", gone);
            }
        }
        await ending.CancelAsync();
        await Task.Delay(Pace, time, gone);
    }

    /// <summary>What changed, in a sentence; null if nothing did.</summary>
    internal static string? Said(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        string[] changes =
        [
            .. now.Where(fact => before.TryGetValue(fact.Key, out string? old) ? old != fact.Value : before.Count > 0).Select(fact => $"{fact.Key}: {fact.Value}"),
            .. before.Keys.Where(fact => !now.ContainsKey(fact)).Select(fact => $"{fact} is gone"),
        ];
        if (changes.Length == 0) return null;
        string sentence = string.Join(". ", changes.Take(MostSaid));
        return changes.Length > MostSaid ? $"{sentence}. And {changes.Length - MostSaid} more changes." : sentence + ".";
    }

    private static async Task SendAsync(HttpContext context, string name, string data)
    {
        await context.Response.WriteAsync($"event: {name}\ndata: {data}\n\n", Encoding.UTF8, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
