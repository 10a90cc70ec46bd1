using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Resources;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Federation.ServiceDefaults.Resources;

/// <summary>The REST paths of a kind: get, list in pages, watch from a cursor, put, apply, delete.</summary>
public static class ResourceEndpoints
{
    private const int DefaultPage = 500;
    private const int MaxPage = 5000;

    // WatchEvent promises 10 s.
    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Maps the kind under <c>/v1</c>. Reading needs the role viewer; writing needs deployer for kinds in namespaces, admin for namespaces
    /// and the platform's admin for clusters.
    /// </summary>
    public static void MapResource<T>(this IEndpointRouteBuilder endpoints, ResourceDesk<T> desk, IStore store) where T : Resource
    {
        ResourceKind kind = desk.Kind;
        string one = kind.Namespaced ? $"/v1/namespaces/{{ns}}/{kind.Plural}/{{name}}" : $"/v1/{kind.Plural}/{{name}}";
        endpoints.MapGet($"/v1/{kind.Plural}", (HttpContext http, string? cursor, string? @continue, int? limit, bool? watch, string? labelSelector) =>
                List(http, desk, store, null, watch ?? false, cursor, @continue, limit, labelSelector))
            .RequireViewer().WithName($"List{kind.Name}").WithTags(kind.Name);
        if (kind.Namespaced)
        {
            endpoints.MapGet($"/v1/namespaces/{{ns}}/{kind.Plural}", (HttpContext http, string ns, string? cursor, string? @continue, int? limit, bool? watch, string? labelSelector) =>
                    List(http, desk, store, ns, watch ?? false, cursor, @continue, limit, labelSelector))
                .RequireViewer().WithName($"ListNamespaced{kind.Name}").WithTags(kind.Name);
        }
        endpoints.MapGet(one, (HttpContext http, string? ns, string name, bool? showManagedFields) => Get(http, desk, ns, name, showManagedFields ?? false))
            .RequireViewer().WithName($"Get{kind.Name}").WithTags(kind.Name);
        RouteHandlerBuilder put = endpoints.MapPut(one, (HttpContext http, string? ns, string name, bool? dryRun, string? fieldManager) =>
                ResourceWrites.PutAsync(http, desk, ns, name, dryRun ?? false, fieldManager))
            .WithName($"Put{kind.Name}").WithTags(kind.Name);
        RouteHandlerBuilder patch = endpoints.MapPatch(one, (HttpContext http, string? ns, string name, bool? dryRun, string? fieldManager, bool? force) =>
                ResourceWrites.PatchAsync(http, desk, ns, name, dryRun ?? false, fieldManager, force ?? false))
            .WithName($"Apply{kind.Name}").WithTags(kind.Name);
        RouteHandlerBuilder delete = endpoints.MapDelete(one, (HttpContext http, string? ns, string name, bool? dryRun) => ResourceWrites.DeleteAsync(http, desk, ns, name, dryRun ?? false))
            .WithName($"Delete{kind.Name}").WithTags(kind.Name);
        foreach (RouteHandlerBuilder write in new[] { put, patch, delete })
        {
            if (kind.Namespaced) write.RequireDeployer();
            else if (kind.Name == "Namespace") write.RequireAdmin();
            else write.RequirePlatformAdmin();
        }
    }

    private static IResult Get<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name, bool withOwners) where T : Resource
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } stored) return ResourceProblem.NotFound($"{desk.Kind.Name} {name}").ToResult();
        return ResourceWrites.Answer(http, desk.Shown(stored), 200, withOwners);
    }

    private static IResult List<T>(
        HttpContext http, ResourceDesk<T> desk, IStore store, string? ns, bool watch, string? cursor, string? @continue, int? limit, string? labelSelector)
        where T : Resource
    {
        TenantId tenant = http.GetPrincipal().Tenant;
        LabelSelector? selector = null;
        if (labelSelector is not null && !LabelSelector.TryParse(labelSelector, out selector))
            return ResourceProblem.Invalid("labelSelector is a list of key=value, key!=value, key or !key, separated by commas").ToResult();
        string prefix = desk.PrefixOf(tenant, ns);
        if (watch) return Watch(desk, store, tenant, prefix, cursor, selector, http.RequestAborted);

        int page = Math.Clamp(limit ?? DefaultPage, 1, MaxPage);
        IStoreSnapshot snapshot = store.Current;
        var items = new List<JsonNode>();
        string? last = null, next = null;
        foreach (StoredDocument document in snapshot.List(desk.Kind.Name, prefix, @continue is null ? null : prefix + @continue))
        {
            if (!desk.Visible(document, tenant)) continue;
            T shown = desk.Shown(document);
            if (selector?.Matches(shown.Metadata.Labels) == false) continue;
            if (items.Count == page)
            {
                next = last![prefix.Length..];
                break;
            }
            items.Add(ResourceWrites.Node(shown, withOwners: false));
            last = document.Key.Key;
        }
        return TypedResults.Json(new ResourceList(
            Resource.Version, desk.Kind.Name + "List", new StoreCursor(store.Incarnation, snapshot.Revision).ToString(), next, items));
    }

    private static IResult Watch<T>(
        ResourceDesk<T> desk, IStore store, TenantId tenant, string prefix, string? cursor, LabelSelector? selector, CancellationToken aborted) where T : Resource
    {
        StoreCursor? after = null;
        if (cursor is not null)
        {
            if (!StoreCursor.TryParse(cursor, out StoreCursor parsed)) return ResourceProblem.Invalid("the cursor is not one that a list or watch gave").ToResult();
            if (parsed.Incarnation != store.Incarnation || parsed.Revision > store.Current.Revision)
                return new ResourceProblem(410, ProblemTypes.CursorExpired, "The cursor is of another history", "list again and watch from its cursor").ToResult();
            after = parsed;
        }
        return TypedResults.ServerSentEvents(Events(desk, store, tenant, prefix, after, selector, aborted));
    }

    private static async IAsyncEnumerable<SseItem<WatchEvent>> Events<T>(
        ResourceDesk<T> desk, IStore store, TenantId tenant, string prefix, StoreCursor? after, LabelSelector? selector,
        [EnumeratorCancellation] CancellationToken cancellationToken) where T : Resource
    {
        bool goesOn = after is not null;
        long told = after?.Revision ?? 0;
        await foreach (StoreWatchBatch? batch in WithPauses(token => store.WatchAsync(after, [desk.Kind.Name], token), cancellationToken))
        {
            switch (batch)
            {
                case null when goesOn:
                    yield return Event(new WatchEvent("BOOKMARK", At(told), null));
                    break;
                case StoreWatchBatch.Relist when goesOn:
                    yield return Event(new WatchEvent("EXPIRED", "", null));
                    yield break;
                case StoreWatchBatch.Relist relist:
                    foreach (StoredDocument document in relist.Snapshot.List(desk.Kind.Name, prefix))
                    {
                        if (Shown(document) is { } added) yield return Event(new WatchEvent("ADDED", At(relist.Snapshot.Revision), added));
                    }
                    told = relist.Snapshot.Revision;
                    yield return Event(new WatchEvent("BOOKMARK", At(told), null));
                    break;
                case StoreWatchBatch.Changes changes:
                    foreach (StoreChange change in changes.Items)
                    {
                        if (!change.Key.Key.StartsWith(prefix, StringComparison.Ordinal)) continue;
                        // A cursor in the middle of a batch would skip its rest: the batch's revision stands on the last event alone.
                        JsonNode? now = change.Document is { } d ? Shown(d) : null, before = change.Previous is { } p ? Shown(p) : null;
                        if (now is not null) yield return Event(new WatchEvent(before is null ? "ADDED" : "MODIFIED", At(change.Revision - 1), now));
                        else if (before is not null) yield return Event(new WatchEvent("DELETED", At(change.Revision - 1), before));
                    }
                    told = changes.Revision;
                    yield return Event(new WatchEvent("BOOKMARK", At(told), null));
                    break;
            }
            goesOn |= batch is not null;
        }

        string At(long revision) => new StoreCursor(store.Incarnation, revision).ToString();

        JsonNode? Shown(StoredDocument document)
        {
            if (!desk.Visible(document, tenant)) return null;
            T shown = desk.Shown(document);
            return selector?.Matches(shown.Metadata.Labels) == false ? null : ResourceWrites.Node(shown, withOwners: false);
        }
    }

    /// <summary>The batches, with a null wherever none came for a while: a reader tells a quiet watch from a dead one by these.</summary>
    private static async IAsyncEnumerable<StoreWatchBatch?> WithPauses(
        Func<CancellationToken, IAsyncEnumerable<StoreWatchBatch>> watch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using IAsyncEnumerator<StoreWatchBatch> batches = watch(ending.Token).GetAsyncEnumerator(ending.Token);
        Task<bool> next = batches.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                bool more = true, quiet = false;
                try
                {
                    more = await next.WaitAsync(BookmarkEvery, cancellationToken);
                }
                catch (TimeoutException)
                {
                    quiet = true;
                }
                if (!more) yield break;
                yield return quiet ? null : batches.Current;
                if (!quiet) next = batches.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // The store's watch must have ended before it is disposed of.
            await ending.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static SseItem<WatchEvent> Event(WatchEvent item) => new(item, item.Type) { EventId = item.Cursor };
}
