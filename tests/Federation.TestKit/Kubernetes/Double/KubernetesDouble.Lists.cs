using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Federation.TestKit.Kubernetes.Double;

public sealed partial class KubernetesDouble
{
    private const string Gone = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    private JsonObject Page(HttpRequest request, ApiKind kind, string? space, Fault? fault)
    {
        Func<JsonObject, bool> labels = Selectors.Labels(request.Query["labelSelector"]), fields = Selectors.Fields(kind, request.Query["fieldSelector"]);
        bool isFiltered = !string.IsNullOrEmpty(request.Query["labelSelector"]) || !string.IsNullOrEmpty(request.Query["fieldSelector"]);
        string version = request.Query["resourceVersion"].ToString(), match = request.Query["resourceVersionMatch"].ToString(), token = request.Query["continue"].ToString();
        if (match.Length > 0 && version.Length == 0) throw ApiFailure.Invalid("ListOptions", "meta.k8s.io", "", Cause.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        if (token.Length > 0 && version.Length > 0) throw ApiFailure.BadRequest("specifying resource version is not allowed when using continue");
        long? asked = Version(version);
        if (asked > _store.Revision)
            throw ApiFailure.Of(504, "Timeout", string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {asked}, current: {_store.Revision}"),
                new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }), ["retryAfterSeconds"] = 1 });
        string limited = request.Query["limit"].ToString();
        int limit = 0;
        if (limited.Length > 0 && !int.TryParse(limited, CultureInfo.InvariantCulture, out limit)) throw ApiFailure.BadRequest($"strconv.ParseInt: parsing \"{limited}\": invalid syntax");
        long revision = _store.Revision;
        string from = "";
        if (fault is Fault.Stale stale) revision = Math.Max(_store.Compacted, revision - stale.ByRevisions);
        if (match == "Exact")
        {
            if (asked <= _store.Compacted) throw ApiFailure.Of(410, "Expired", "The resourceVersion for the provided list is too old.");
            revision = asked!.Value;
        }
        if (token.Length > 0)
        {
            (long at, from) = Continue(token);
            if (at >= 0 && (at < _store.Compacted || fault is Fault.Expire))
            {
                ApiFailure expired = ApiFailure.Of(410, "Expired", Gone);
                expired.Body!["metadata"] = new JsonObject { ["continue"] = Token64(-1, from) };
                throw expired;
            }
            if (at >= 0) revision = at;
        }
        JsonObject[] all = [.. _store.ListAt(kind.Storage, space, revision).Where(item => labels(item) && fields(item))];
        JsonObject[] rest = [.. all.Where(item => string.CompareOrdinal($"{item.Space()}/{item.Name()}", from) > 0)];
        // From the cache there are no pages.
        JsonObject[] page = limit > 0 && version != "0" ? [.. rest.Take(limit)] : rest;
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (page.Length < rest.Length)
        {
            metadata["continue"] = Token64(revision, $"{page[^1].Space()}/{page[^1].Name()}");
            if (!isFiltered) metadata["remainingItemCount"] = rest.Length - page.Length;
        }
        bool bare = request.Headers.Accept.ToString().Contains("as=PartialObjectMetadataList", StringComparison.Ordinal);
        return new JsonObject
        {
            ["kind"] = bare ? "PartialObjectMetadataList" : kind.Kind + "List",
            ["apiVersion"] = bare ? "meta.k8s.io/v1" : kind.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(item => bare ? Partial(item) : Bare(item))]),
        };
    }

    // Items of a list say neither kind nor version.
    private static JsonObject Bare(JsonObject item)
    {
        JsonObject bare = item.Copy();
        bare.Remove("kind");
        bare.Remove("apiVersion");
        return bare;
    }

    private static JsonObject Partial(JsonObject item) => new() { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = item["metadata"]!.DeepClone() };

    private static long? Version(string text) => text.Length == 0 ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw ApiFailure.Of(500, null, $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");

    private static string Token64(long revision, string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = revision, ["start"] = key + "\0" }.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (long, string) Continue(string token)
    {
        try
        {
            string padded = token.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (token.Length % 4)) % 4);
            JsonNode read = JsonNode.Parse(Convert.FromBase64String(padded))!;
            return ((long)read["rv"]!, ((string)read["start"]!).TrimEnd('\0'));
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException or InvalidOperationException or NullReferenceException)
        {
            throw ApiFailure.BadRequest("continue key is not valid: illegal base64 data at input byte 0");
        }
    }

    private async Task WatchAsync(HttpContext context, ApiKind kind, string? space, Fault? fault)
    {
        HttpRequest request = context.Request;
        Func<JsonObject, bool> labels = Selectors.Labels(request.Query["labelSelector"]), fields = Selectors.Fields(kind, request.Query["fieldSelector"]);
        bool Chosen(JsonObject item) => (space is null || item.Space() == space) && labels(item) && fields(item);
        bool marks = request.Query["allowWatchBookmarks"] == "true" && kind.Plural != "events";
        long? from = Version(request.Query["resourceVersion"].ToString());
        Channel<(string Type, JsonObject Object)> told = Channel.CreateUnbounded<(string, JsonObject)>();
        void Tell(Change change)
        {
            if (change.Storage != kind.Storage) return;
            bool was = change.Before is { } before && Chosen(before), isNow = change.Type != "DELETED" && Chosen(change.Object);
            if (isNow) told.Writer.TryWrite((was ? "MODIFIED" : "ADDED", Shown(change.Object, kind)));
            else if (was)
            {
                // As it was before, at the version of its leaving.
                JsonObject last = Shown(change.Before!, kind);
                last.Meta()["resourceVersion"] = change.Revision.ToString(CultureInfo.InvariantCulture);
                told.Writer.TryWrite(("DELETED", last));
            }
        }
        long latest = 0;
        lock (_gate)
        {
            long start = from is null or 0 ? _store.Revision : from.Value;
            if (fault is Fault.Expire || start < _store.Compacted)
            {
                told.Writer.TryWrite(("ERROR", ApiFailure.Of(410, "Expired", string.Create(CultureInfo.InvariantCulture, $"too old resource version: {start} ({_store.Compacted})")).Body!));
                told.Writer.Complete();
            }
            else if (fault is Fault.EndWatch)
            {
                told.Writer.Complete();
            }
            else if (fault is not Fault.Silence && start <= _store.Revision)
            {
                if (from is null or 0)
                    foreach (JsonObject item in _store.List(kind.Storage, space).Where(Chosen)) told.Writer.TryWrite(("ADDED", Shown(item, kind)));
                if (fault is Fault.Replay replay) start = Math.Max(_store.Compacted, start - replay.ByRevisions);
                foreach (Change change in _store.Since(start)) Tell(change);
                _store.Changed += Tell;
            }
            latest = _store.Revision;
        }
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ending.Token);
        if (int.TryParse(request.Query["timeoutSeconds"], CultureInfo.InvariantCulture, out int seconds)) ending.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.CacheControl = "no-cache, private";
            await context.Response.Body.FlushAsync(ending.Token);
            int events = 0, cutAfter = fault switch { Fault.CutWatch cut => cut.AfterEvents, Fault.Replay replay => replay.AfterEvents, _ => int.MaxValue };
            while (true)
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
                pause.CancelAfter(BookmarkEvery);
                try
                {
                    if (!await told.Reader.WaitToReadAsync(pause.Token)) return;
                }
                catch (OperationCanceledException) when (!ending.IsCancellationRequested)
                {
                    // In the order of all events: a mark says that what is below it has been told.
                    if (marks && fault is not Fault.Silence)
                        lock (_gate) told.Writer.TryWrite(("BOOKMARK", Mark(kind)));
                    continue;
                }
                while (told.Reader.TryRead(out (string Type, JsonObject Object) next))
                {
                    if (next.Type != "BOOKMARK" && ++events > cutAfter)
                    {
                        await context.Response.WriteAsync("""{"type":"MODIFIED","object":{"kin""", ending.Token);
                        await context.Response.Body.FlushAsync(ending.Token);
                        context.Abort();
                        return;
                    }
                    await LineAsync(context, next.Type, next.Object, ending.Token);
                }
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Its time is up, which is a good end, or somebody has left.
        }
        finally
        {
            lock (_gate) _store.Changed -= Tell;
        }
    }

    // It looks like an object, and is none. Under the gate.
    private JsonObject Mark(ApiKind kind)
    {
        var mark = new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion, ["metadata"] = new JsonObject { ["resourceVersion"] = _store.Revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null } };
        if (kind.Kind == "Pod") mark["spec"] = new JsonObject { ["containers"] = null };
        if (kind.Kind is "Deployment" or "ReplicaSet" or "StatefulSet") mark["spec"] = new JsonObject { ["replicas"] = 0 };
        return mark;
    }

    private static Task LineAsync(HttpContext context, string type, JsonObject item, CancellationToken cancellationToken) =>
        context.Response.WriteAsync(new JsonObject { ["type"] = type, ["object"] = item }.ToJsonString(Wire) + "\n", cancellationToken);
}
