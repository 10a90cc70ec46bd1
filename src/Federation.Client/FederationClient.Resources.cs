using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Federation.Client.Requests;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Resources;

namespace Federation.Client;

public sealed partial class FederationClient
{
    private const string DefaultManager = "client";

    /// <summary>One resource.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<Resource> GetAsync(ResourceKind kind, string name, string? @namespace = null, CancellationToken ct = default) =>
        Typed<Resource>(await GetJsonAsync<JsonNode>(ApiPath.Of(kind, @namespace ?? Namespace, name), ct), kind.Type);

    /// <summary>One resource.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<T> GetAsync<T>(string name, string? @namespace = null, CancellationToken ct = default) where T : Resource =>
        (T)await GetAsync(ResourceKind.Of<T>(), name, @namespace, ct);

    /// <summary>One resource, or null where there is none.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<Resource?> FindAsync(ResourceKind kind, string name, string? @namespace = null, CancellationToken ct = default)
    {
        try
        {
            return await GetAsync(kind, name, @namespace, ct);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Everything the query finds, page by page.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="query">Which; all of the client's namespace if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<ResourceSet<T>> ListAsync<T>(ListQuery? query = null, CancellationToken ct = default) where T : Resource =>
        Cast<T>(await ListAsync(ResourceKind.Of<T>(), query, ct));

    /// <summary>Everything the query finds, page by page.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="query">Which; all of the client's namespace if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<ResourceSet<Resource>> ListAsync(ResourceKind kind, ListQuery? query = null, CancellationToken ct = default)
    {
        query ??= new();
        var items = new List<Resource>();
        string? cursor = null, next = null;
        do
        {
            ApiPath path = Path(kind, query).With("limit", query.PageSize).With("continue", next);
            ResourceList page = await GetJsonAsync<ResourceList>(path, ct);
            items.AddRange(page.Items.Select(item => Typed<Resource>(item, kind.Type)));
            // What changes while later pages are read is after the first page's cursor: a watch from there tells it.
            cursor ??= page.Cursor;
            next = page.Continue;
        }
        while (next is not null);
        return new(items, cursor);
    }

    /// <summary>One resource with <c>metadata.managedFields</c>: who owns which of its fields.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<Resource> GetWithOwnersAsync(ResourceKind kind, string name, string? @namespace = null, CancellationToken ct = default) =>
        Typed<Resource>(await GetJsonAsync<JsonNode>(ApiPath.Of(kind, @namespace ?? Namespace, name).With("showManagedFields", true), ct), kind.Type);

    /// <summary>
    /// Applies the fields that a writer wants, and leaves the others as they are: fields that the writer applied before and does not any
    /// more fall back to their defaults, unless another owns them too.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="fields">A resource in the one JSON form with these fields alone; a missing namespace is the client's own.</param>
    /// <param name="options">In whose name, dry run and conditions.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="ApiException">Others own some of the fields (<see cref="ApiException.Conflicts"/>), or another refusal.</exception>
    public async Task<ApplyResult> ApplyFieldsAsync(ResourceKind kind, JsonObject fields, ApplyOptions options, CancellationToken ct = default)
    {
        JsonNode metadata = fields["metadata"] ?? throw new ArgumentException("the fields have no metadata", nameof(fields));
        ApiPath path = ApiPath.Of(kind, metadata["namespace"]?.GetValue<string>() ?? Namespace, metadata["name"]!.GetValue<string>())
            .With("fieldManager", options.FieldManager ?? DefaultManager).With("force", options.Force).With("dryRun", options.DryRun);
        return await WriteAsync(HttpMethod.Patch, path, kind, fields, options, ct);
    }

    /// <summary>Creates, or replaces the whole.</summary>
    /// <param name="resource">What is wanted; a missing namespace is the client's own.</param>
    /// <param name="options">Dry run and conditions.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<ApplyResult> ApplyAsync(Resource resource, ApplyOptions? options = null, CancellationToken ct = default)
    {
        options ??= new();
        ResourceKind kind = ResourceKind.All.First(known => known.Type == resource.GetType());
        if (kind.Namespaced && resource.Metadata.Namespace is null)
            resource = resource with { Metadata = resource.Metadata with { Namespace = Namespace } };
        ApiPath path = ApiPath.Of(kind, resource.Metadata.Namespace ?? Namespace, resource.Metadata.Name)
            .With("fieldManager", options.FieldManager).With("dryRun", options.DryRun);
        return await WriteAsync(HttpMethod.Put, path, kind, resource, options, ct);
    }

    private async Task<ApplyResult> WriteAsync(HttpMethod method, ApiPath path, ResourceKind kind, object body, ApplyOptions options, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, ct, request =>
        {
            if (method == HttpMethod.Patch) request.Content!.Headers.ContentType = new(ApiHeaders.ApplyContent);
            if (options.IfVersion is { } version) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
            if (options.OnlyCreate) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        });
        string result = response.Headers.TryGetValues(ApiHeaders.Result, out IEnumerable<string>? values)
            ? values.First()
            : response.StatusCode == HttpStatusCode.Created ? "created" : "configured";
        string[] changed = response.Headers.TryGetValues(ApiHeaders.Changed, out IEnumerable<string>? paths) ? [.. paths.SelectMany(list => list.Split(','))] : [];
        return new(Typed<Resource>(await ReadAsync<JsonNode>(response, ct), kind.Type), result, [.. changed.Where(path => path[0] != '+').Select(Uri.UnescapeDataString)])
        {
            NamesAllChanges = changed is not [.., ['+', ..]],
        };
    }

    /// <summary>Removes; what takes time is marked and goes on after the answer.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The name.</param>
    /// <param name="namespace">The namespace; the client's own if null.</param>
    /// <param name="ifVersion">The version it must have, if any.</param>
    /// <param name="dryRun">Decide everything, write nothing.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task DeleteAsync(ResourceKind kind, string name, string? @namespace = null, string? ifVersion = null, bool dryRun = false, CancellationToken ct = default)
    {
        ApiPath path = ApiPath.Of(kind, @namespace ?? Namespace, name).With("dryRun", dryRun);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, path, null, ct, request =>
        {
            if (ifVersion is not null) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{ifVersion}\""));
        });
    }

    private ApiPath Path(ResourceKind kind, ListQuery query) =>
        ApiPath.Of(kind, query.AllNamespaces ? null : query.Namespace ?? Namespace).With("labelSelector", query.LabelSelector);

    private static ResourceSet<T> Cast<T>(ResourceSet<Resource> set) where T : Resource => new([.. set.Items.Cast<T>()], set.Cursor);
}
