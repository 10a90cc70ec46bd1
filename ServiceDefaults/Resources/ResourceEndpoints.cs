using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Resources;
using Federation.Manifests;
using Federation.Manifests.Reading;
using Federation.Manifests.Writing;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Federation.ServiceDefaults.Resources;

/// <summary>The REST paths of a kind: get, list in pages, watch from a cursor, apply, delete.</summary>
public static class ResourceEndpoints
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;
    private const int DefaultPage = 500;
    private const int MaxPage = 5000;

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
        endpoints.MapGet(one, (HttpContext http, string? ns, string name) => Get(http, desk, ns, name))
            .RequireViewer().WithName($"Get{kind.Name}").WithTags(kind.Name);
        RouteHandlerBuilder put = endpoints.MapPut(one, (HttpContext http, string? ns, string name, bool? dryRun) => PutAsync(http, desk, ns, name, dryRun ?? false))
            .WithName($"Apply{kind.Name}").WithTags(kind.Name);
        RouteHandlerBuilder delete = endpoints.MapDelete(one, (HttpContext http, string? ns, string name, bool? dryRun) => DeleteAsync(http, desk, ns, name, dryRun ?? false))
            .WithName($"Delete{kind.Name}").WithTags(kind.Name);
        foreach (RouteHandlerBuilder write in new[] { put, delete })
        {
            if (kind.Namespaced) write.RequireDeployer();
            else if (kind.Name == "Namespace") write.RequireAdmin();
            else write.RequirePlatformAdmin();
        }
    }

    private static IResult Get<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name) where T : Resource
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } stored) return ResourceProblem.NotFound($"{desk.Kind.Name} {name}").ToResult();
        return Answer(http, desk.Shown(stored), 200);
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
            items.Add(ResourceWriter.ToNode(shown));
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
        await foreach (StoreWatchBatch batch in store.WatchAsync(after, [desk.Kind.Name], cancellationToken))
        {
            switch (batch)
            {
                case StoreWatchBatch.Relist when goesOn:
                    yield return Event(new WatchEvent("EXPIRED", "", null));
                    yield break;
                case StoreWatchBatch.Relist relist:
                    foreach (StoredDocument document in relist.Snapshot.List(desk.Kind.Name, prefix))
                    {
                        if (Shown(document) is { } added) yield return Event(new WatchEvent("ADDED", At(relist.Snapshot.Revision), added));
                    }
                    yield return Event(new WatchEvent("BOOKMARK", At(relist.Snapshot.Revision), null));
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
                    yield return Event(new WatchEvent("BOOKMARK", At(changes.Revision), null));
                    break;
            }
            goesOn = true;
        }

        string At(long revision) => new StoreCursor(store.Incarnation, revision).ToString();

        JsonNode? Shown(StoredDocument document)
        {
            if (!desk.Visible(document, tenant)) return null;
            T shown = desk.Shown(document);
            return selector?.Matches(shown.Metadata.Labels) == false ? null : ResourceWriter.ToNode(shown);
        }
    }

    private static SseItem<WatchEvent> Event(WatchEvent item) => new(item, item.Type) { EventId = item.Cursor };

    private static async Task<IResult> PutAsync<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name, bool dryRun) where T : Resource
    {
        if (http.Request.ContentLength > MaxBodyBytes) return TooLarge();
        using var body = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxBodyBytes) return TooLarge();
        }
        ReadOutcome outcome = ResourceReader.ReadOne(body.ToArray(), "request");
        if (outcome is ReadOutcome.Refused refused)
        {
            return ResourceProblem.Invalid(
                $"{refused.Errors.Count} rule{(refused.Errors.Count == 1 ? "" : "s")} broken: {refused.Errors[0]}",
                [.. refused.Errors.Select(error => new InputError(error.Path, error.Line, error.Column, error.Rule, error.Suggestion))]).ToResult();
        }
        IReadOnlyList<DeclaredResource> resources = ((ReadOutcome.Accepted)outcome).Resources;
        if (resources is not [{ Resource: T desired }]) return ResourceProblem.Invalid($"the body must be exactly one {desk.Kind.Name}").ToResult();
        if (desired.Metadata.Name != name) return ResourceProblem.Invalid($"metadata.name is {desired.Metadata.Name}, but the path says {name}").ToResult();
        if (desk.Kind.Namespaced)
        {
            if (Name.Violation(ns) is { } rule) return ResourceProblem.Invalid($"the namespace in the path: {rule}").ToResult();
            if (desired.Metadata.Namespace is { } declared && declared != ns)
                return ResourceProblem.Invalid($"metadata.namespace is {declared}, but the path says {ns}").ToResult();
            desired = (T)(desired with { Metadata = desired.Metadata with { Namespace = ns } });
        }
        if (!TryPrecondition(http, out long? revision)) return BadPrecondition();
        Principal principal = http.GetPrincipal();
        switch (await desk.ApplyAsync(desired, principal.Tenant, principal.Name, revision, dryRun, http.RequestAborted))
        {
            case ApplyOutcome<T>.Applied applied:
                http.Response.Headers["Federation-Result"] = applied.Result;
                return Answer(http, applied.Resource, applied.Result == "created" ? 201 : 200);
            case ApplyOutcome<T>.Refused no:
                return no.Problem.ToResult();
            default:
                throw new InvalidOperationException("unknown outcome");
        }
    }

    private static async Task<IResult> DeleteAsync<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name, bool dryRun) where T : Resource
    {
        if (!TryPrecondition(http, out long? revision)) return BadPrecondition();
        Principal principal = http.GetPrincipal();
        ResourceProblem? problem = await desk.DeleteAsync(principal.Tenant, ns, name, principal.Name, revision, dryRun, http.RequestAborted);
        return problem?.ToResult() ?? TypedResults.NoContent();
    }

    private static IResult Answer<T>(HttpContext http, T resource, int status) where T : Resource
    {
        if (resource.Metadata.ResourceVersion is { } version) http.Response.Headers.ETag = $"\"{version}\"";
        return TypedResults.Json(ResourceWriter.ToNode(resource), statusCode: status);
    }

    private static bool TryPrecondition(HttpContext http, out long? revision)
    {
        revision = null;
        string match = http.Request.Headers.IfMatch.ToString(), none = http.Request.Headers.IfNoneMatch.ToString();
        if (none.Length > 0)
        {
            revision = 0;
            return none == "*" && match.Length == 0;
        }
        if (match.Length == 0) return true;
        if (match is not ['"', .., '"'] || !long.TryParse(match.AsSpan(1, match.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value < 1)
            return false;
        revision = value;
        return true;
    }

    private static IResult BadPrecondition() =>
        ResourceProblem.Invalid("If-Match takes one strong ETag as an answer gave it; If-None-Match takes *; not both").ToResult();

    private static IResult TooLarge() =>
        new ResourceProblem(413, ProblemTypes.TooLarge, "The body is too large", $"a body has at most {MaxBodyBytes} bytes").ToResult();
}
