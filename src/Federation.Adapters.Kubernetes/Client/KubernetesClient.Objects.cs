using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Client;

public sealed partial class KubernetesClient
{
    private const string ApplyPatch = "application/apply-patch+yaml";

    /// <summary>One object, read into its record.</summary>
    internal Task<T> GetAsync<T>(ResourceType<T> type, string? space, string name, CancellationToken cancellationToken) where T : IApiObject =>
        ReadAsync(KubernetesRequest.Of("get", type.Resource, space, name), type.One, cancellationToken);

    /// <summary>One object as it is, or null where there is none: only where the server says that this object is missing, not where it lacks the API.</summary>
    internal async Task<JsonObject?> FindAsync(ApiResource resource, string? space, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(KubernetesRequest.Of("get", resource, space, name), KubernetesJson.Default.JsonObject, cancellationToken);
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Missing or FailureKind.NamespaceMissing)
        {
            return null;
        }
    }

    /// <summary>
    /// Server-side apply: makes the object, or the fields that <paramref name="body"/> has, as they are there; leaves fields of others; takes away those that we
    /// applied before and that are left out. The same again writes nothing.
    /// </summary>
    /// <param name="resource">What it is.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="body">Only what is ours: with apiVersion, kind, name and the keys of lists, without nulls, managedFields and status.</param>
    /// <param name="force">Takes fields that others own; else they are a <see cref="FailureKind.FieldConflict"/>.</param>
    /// <param name="dryRun">Nothing is written.</param>
    /// <param name="cancellationToken">Abandons the call; it may have been carried out.</param>
    internal Task<Applied> ApplyAsync(ApiResource resource, string? space, JsonObject body, bool force, bool dryRun, CancellationToken cancellationToken)
    {
        string name = NameOf(resource, space, body);
        RefuseWhatApplyCorrupts(body, $"{resource.Kind} {name}");
        return WriteAsync(
            KubernetesRequest.Of("apply", resource, space, name, null, ("fieldManager", _options.FieldManager), ("force", force ? "true" : null), ("dryRun", dryRun ? "All" : null)).With(HttpMethod.Patch, body, ApplyPatch),
            cancellationToken);
    }

    /// <summary>Makes an object that must not be there yet.</summary>
    internal Task<Applied> CreateAsync(ApiResource resource, string? space, JsonObject body, CancellationToken cancellationToken) =>
        WriteAsync(KubernetesRequest.Of("create", resource, space, null, null, ("fieldManager", _options.FieldManager)).With(HttpMethod.Post, body), cancellationToken);

    /// <summary>A merge patch: sets the members that are there and removes those that are null, whoever owns them. With metadata.resourceVersion only that version.</summary>
    internal Task<Applied> MergeAsync(ApiResource resource, string? space, string name, JsonObject patch, CancellationToken cancellationToken) =>
        WriteAsync(KubernetesRequest.Of("patch", resource, space, name, null, ("fieldManager", _options.FieldManager)).With(HttpMethod.Patch, patch, "application/merge-patch+json"), cancellationToken);

    /// <summary>A JSON patch.</summary>
    internal Task<Applied> PatchAsync(ApiResource resource, string? space, string name, JsonArray patch, CancellationToken cancellationToken) =>
        WriteAsync(KubernetesRequest.Of("patch", resource, space, name, null, ("fieldManager", _options.FieldManager)).With(HttpMethod.Patch, patch, "application/json-patch+json"), cancellationToken);

    /// <summary>Deletes an object. One that is not there is a success.</summary>
    internal async Task<Deletion> DeleteAsync(ApiResource resource, string? space, string name, DeleteRequest delete, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = delete.Propagation.ToString() };
        if (delete.GracePeriodSeconds is { } grace) options["gracePeriodSeconds"] = grace;
        if (delete.DryRun) options["dryRun"] = new JsonArray("All");
        if ((delete.Uid ?? delete.ResourceVersion) is not null)
        {
            var only = new JsonObject();
            if (delete.Uid is { } uid) only["uid"] = uid;
            if (delete.ResourceVersion is { } version) only["resourceVersion"] = version;
            options["preconditions"] = only;
        }
        try
        {
            JsonObject answer = await ReadAsync(KubernetesRequest.Of("delete", resource, space, name).With(HttpMethod.Delete, options), KubernetesJson.Default.JsonObject, cancellationToken);
            // A Status says that it is gone; the object itself, that something holds it.
            return (string?)answer["kind"] == "Status" || (answer["metadata"] as JsonObject)?["deletionTimestamp"] is null ? new Deletion.Gone() : new Deletion.Going();
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Missing or FailureKind.NamespaceMissing)
        {
            return new Deletion.Gone();
        }
        catch (KubernetesException e) when (e.Kind == FailureKind.VersionConflict && (delete.Uid ?? delete.ResourceVersion) is not null)
        {
            return new Deletion.Another(e.Message);
        }
    }

    /// <summary>Sets the number of replicas through the scale subresource.</summary>
    internal async Task<Scale> ScaleAsync(ApiResource resource, string space, string name, int replicas, CancellationToken cancellationToken) =>
        await ReadAsync(
            KubernetesRequest.Of("scale", resource, space, name, "scale", ("fieldManager", _options.FieldManager))
                .With(HttpMethod.Patch, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }, "application/merge-patch+json"),
            KubernetesJson.Default.Scale,
            cancellationToken);

    /// <summary>The number of replicas, through the scale subresource.</summary>
    internal Task<Scale> GetScaleAsync(ApiResource resource, string space, string name, CancellationToken cancellationToken) =>
        ReadAsync(KubernetesRequest.Of("get the scale of", resource, space, name, "scale"), KubernetesJson.Default.Scale, cancellationToken);

    /// <summary>Asks a pod to go, as far as disruption budgets allow.</summary>
    /// <param name="directory">Says in which version evictions are written here.</param>
    /// <param name="space">The pod's namespace.</param>
    /// <param name="name">The pod.</param>
    /// <param name="uid">Only if it is this pod.</param>
    /// <param name="cancellationToken">Abandons the call; it may have been carried out.</param>
    internal async Task<Eviction> EvictAsync(ApiDirectory directory, string space, string name, string? uid, CancellationToken cancellationToken)
    {
        KubernetesRequest request = KubernetesRequest.Of("evict", ApiResource.Pods, space, name, "eviction");
        var body = new JsonObject
        {
            ["apiVersion"] = directory.EvictionVersion ?? throw Failed(FailureKind.ApiMissing, request, "the server has no pods/eviction"),
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
        };
        if (uid is not null) body["deleteOptions"] = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = uid } };
        try
        {
            using HttpResponseMessage reply = await SendAsync(request.With(HttpMethod.Post, body), cancellationToken);
            return new Eviction.Allowed();
        }
        catch (KubernetesException e) when (e.Kind == FailureKind.BudgetSpent)
        {
            return new Eviction.BudgetSpent(e.Status?.Details?.Causes?.FirstOrDefault(static cause => cause.Reason == "DisruptionBudget")?.Message ?? e.Message, e.RetryAfter);
        }
        catch (KubernetesException e) when (e.Kind is FailureKind.Missing or FailureKind.NamespaceMissing || (e.Kind == FailureKind.VersionConflict && uid is not null))
        {
            return new Eviction.Gone();
        }
    }

    /// <summary>Whether we may do something. Every account may ask.</summary>
    internal async Task<AccessReviewStatus> ReviewAccessAsync(AccessAttributes asked, CancellationToken cancellationToken)
    {
        ApiResource reviews = ApiResource.SelfSubjectAccessReviews;
        byte[] body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new AccessReview { Spec = new AccessReviewSpec { ResourceAttributes = asked } }, KubernetesJson.Default.AccessReview);
        KubernetesRequest request = KubernetesRequest.Of("create", reviews, null) with { Method = HttpMethod.Post, Body = body, ContentType = "application/json" };
        return (await ReadAsync(request, KubernetesJson.Default.AccessReview, cancellationToken)).Status ?? throw Failed(FailureKind.Unreadable, request, "the review has no answer in it");
    }

    /// <summary>The version, and the resources of these groups in all versions that the server has; of the core ("") in v1.</summary>
    internal async Task<ApiDirectory> DiscoverAsync(IReadOnlyCollection<string> groups, CancellationToken cancellationToken)
    {
        ServerVersion version = await ReadAsync(new KubernetesRequest { Path = "version", Saying = "ask its version" }, KubernetesJson.Default.ServerVersion, cancellationToken);
        ApiGroupList all = await ReadAsync(new KubernetesRequest { Path = "apis", Saying = "list API groups" }, KubernetesJson.Default.ApiGroupList, cancellationToken);
        var resources = new Dictionary<string, IReadOnlyList<ApiResourceEntry>>(StringComparer.Ordinal);
        List<string> silent = [];
        IEnumerable<string> wanted = (all.Groups ?? []).Where(group => groups.Contains(group.Name)).SelectMany(static group => group.Versions ?? []).Select(static version => version.GroupVersion);
        foreach (string groupVersion in groups.Contains("") ? wanted.Prepend("v1") : wanted)
        {
            try
            {
                string path = groupVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{groupVersion}" : $"api/{groupVersion}";
                ApiResourceList list = await ReadAsync(new KubernetesRequest { Path = path, Saying = $"list resources of {groupVersion}" }, KubernetesJson.Default.ApiResourceList, cancellationToken);
                resources[groupVersion] = list.Resources ?? [];
            }
            catch (KubernetesException e) when (e.Kind is FailureKind.Unavailable or FailureKind.ApiMissing && groupVersion != "v1")
            {
                silent.Add(groupVersion);
            }
        }
        return new ApiDirectory { Version = version, Resources = resources, Silent = silent };
    }

    private async Task<Applied> WriteAsync(KubernetesRequest request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await SendAsync(request, cancellationToken);
        JsonObject body = await ReadAsync(request, reply, KubernetesJson.Default.JsonObject, cancellationToken);
        return new Applied(body, reply.StatusCode == System.Net.HttpStatusCode.Created, [.. WarningsOf(reply)]);
    }

    // Warning: 299 - "text", quoted as HTTP does.
    private static IEnumerable<string> WarningsOf(HttpResponseMessage reply) =>
        reply.Headers.Warning.Where(static warning => warning.Code == 299).Select(static warning => warning.Text.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));

    private static string NameOf(ApiResource resource, string? space, JsonObject body)
    {
        if ((string?)body["kind"] != resource.Kind || (string?)body["apiVersion"] != resource.ApiVersion)
            throw new KubernetesException(FailureKind.Invalid, $"what is applied to {resource.Plural} needs kind {resource.Kind} and apiVersion {resource.ApiVersion}, and has {body["kind"]} and {body["apiVersion"]}");
        if (body["metadata"] is not JsonObject metadata || (string?)metadata["name"] is not { Length: > 0 } name) throw new KubernetesException(FailureKind.Invalid, $"a {resource.Kind} that is applied needs metadata.name");
        if ((string?)metadata["namespace"] is { } own && own != space) throw new KubernetesException(FailureKind.Invalid, $"{resource.Kind} {name} has metadata.namespace {own} and is applied in {space ?? "no namespace"}");
        return name;
    }

    // The server would take these without a word and store something else, or refuse them with one that says nothing.
    private static void RefuseWhatApplyCorrupts(JsonObject body, string what)
    {
        if (body["metadata"] is JsonObject metadata && metadata.ContainsKey("managedFields")) throw new KubernetesException(FailureKind.Invalid, $"{what}: metadata.managedFields is the server's to write");
        if (body.ContainsKey("status")) throw new KubernetesException(FailureKind.Invalid, $"{what}: status is the cluster's to write");
        if (FirstNull(body, "") is { } path) throw new KubernetesException(FailureKind.Invalid, $"{what}: {path} is null, which an apply would store as an empty value: leave the member out");
    }

    private static string? FirstNull(JsonNode node, string path)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members)
                    if ((value is null ? $"{path}.{name}" : FirstNull(value, $"{path}.{name}")) is { } found) return found;
                return null;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    string at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
                    if ((items[i] is { } item ? FirstNull(item, at) : at) is { } found) return found;
                }
                return null;
            default:
                return null;
        }
    }
}
