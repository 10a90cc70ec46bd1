using System.Globalization;
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
using Microsoft.AspNetCore.Http;

namespace Federation.ServiceDefaults.Resources;

/// <summary>What writes do behind their paths: replace a whole, merge a writer's fields, remove.</summary>
public static class ResourceWrites
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;
    private const int MostManagerLetters = 128;

    /// <summary>Creates, or replaces the whole.</summary>
    public static async Task<IResult> PutAsync<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name, bool dryRun, string? fieldManager) where T : Resource
    {
        if (fieldManager is not null && ManagerViolation(fieldManager) is { } wrong) return wrong.ToResult();
        if (!TryPrecondition(http, out long? revision)) return BadPrecondition();
        if (await ReadAsync(http) is not { } body) return TooLarge();
        (DeclaredResource? declared, ResourceProblem? problem) = Only(ResourceReader.ReadOne(body, "request"), desk, ns, name);
        if (declared is null) return problem!.ToResult();
        Resource desired = declared.Resource with { Metadata = declared.Resource.Metadata with { Namespace = desk.Kind.Namespaced ? ns : null } };
        Principal principal = http.GetPrincipal();
        return ToResult(http, await desk.ReplaceAsync(
            (T)desired, new FieldWriter(fieldManager ?? principal.Name), principal.Tenant, principal.Name, revision, dryRun, http.RequestAborted));
    }

    /// <summary>Merges the fields that a writer wants.</summary>
    public static async Task<IResult> PatchAsync<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name, bool dryRun, string? fieldManager, bool force) where T : Resource
    {
        if (http.Request.ContentType?.Split(';')[0].Trim().Equals(ApiHeaders.ApplyContent, StringComparison.OrdinalIgnoreCase) != true)
        {
            return new ResourceProblem(415, ProblemTypes.UnsupportedContent, "The content type is not understood",
                $"a PATCH carries {ApiHeaders.ApplyContent}: the fields that the writer wants").ToResult();
        }
        if (ManagerViolation(fieldManager) is { } wrong) return wrong.ToResult();
        if (!TryPrecondition(http, out long? revision)) return BadPrecondition();
        if (await ReadAsync(http) is not { } body) return TooLarge();
        (DeclaredResource? declared, ResourceProblem? problem) = Only(ResourceReader.ReadPart(body, "request"), desk, ns, name);
        if (declared is null) return problem!.ToResult();
        JsonObject written = declared.Written;
        if (desk.Kind.Namespaced) written["metadata"]!["namespace"] = ns;
        Principal principal = http.GetPrincipal();
        return ToResult(http, await desk.MergeAsync(
            written, new Address(desk.Kind.Namespaced ? ns : null, name), fieldManager!, force, principal.Tenant, principal.Name, revision, dryRun, http.RequestAborted));
    }

    /// <summary>Removes.</summary>

    public static async Task<IResult> DeleteAsync<T>(HttpContext http, ResourceDesk<T> desk, string? ns, string name, bool dryRun) where T : Resource
    {
        if (!TryPrecondition(http, out long? revision)) return BadPrecondition();
        Principal principal = http.GetPrincipal();
        ResourceProblem? problem = await desk.DeleteAsync(principal.Tenant, ns, name, principal.Name, revision, dryRun, http.RequestAborted);
        return problem?.ToResult() ?? TypedResults.NoContent();
    }

    /// <summary>The answer that shows a resource.</summary>
    public static IResult Answer<T>(HttpContext http, T resource, int status, bool withOwners = false) where T : Resource
    {
        if (resource.Metadata.ResourceVersion is { } version) http.Response.Headers.ETag = $"\"{version}\"";
        return TypedResults.Json(Node(resource, withOwners), statusCode: status);
    }

    /// <summary>The resource as answers show it: who owns its fields only where it is asked for.</summary>
    public static JsonObject Node(Resource resource, bool withOwners) =>
        ResourceWriter.ToNode(withOwners ? resource : resource with { Metadata = resource.Metadata with { ManagedFields = null } });

    /// <summary>What became of a write, as the answer says it.</summary>
    public static IResult ToResult<T>(HttpContext http, ApplyOutcome<T> outcome) where T : Resource
    {
        if (outcome is not ApplyOutcome<T>.Applied applied) return ((ApplyOutcome<T>.Refused)outcome).Problem.ToResult();
        http.Response.Headers[ApiHeaders.Result] = applied.Result;
        if (applied.Changed.Count > 0)
        {
            int more = applied.Changed.Count - ApiHeaders.MostChanges;
            http.Response.Headers[ApiHeaders.Changed] = string.Join(',', applied.Changed.Take(ApiHeaders.MostChanges).Select(Uri.EscapeDataString)
                .Concat(more > 0 ? [string.Create(CultureInfo.InvariantCulture, $"+{more}")] : []));
        }
        return Answer(http, applied.Resource, applied.Result == "created" ? 201 : 200);
    }

    private static (DeclaredResource? Declared, ResourceProblem? Problem) Only<T>(ReadOutcome outcome, ResourceDesk<T> desk, string? ns, string name) where T : Resource
    {
        if (outcome is ReadOutcome.Refused refused) return (null, ResourceProblem.OfInput(refused.Errors));
        if (((ReadOutcome.Accepted)outcome).Resources is not [{ Resource: T } declared]) return (null, ResourceProblem.Invalid($"the body must be exactly one {desk.Kind.Name}"));
        ResourceMetadata metadata = declared.Resource.Metadata;
        if (metadata.Name != name) return (null, ResourceProblem.Invalid($"metadata.name is {metadata.Name}, but the path says {name}"));
        if (!desk.Kind.Namespaced) return (declared, null);
        if (Name.Violation(ns) is { } rule) return (null, ResourceProblem.Invalid($"the namespace in the path: {rule}"));
        return metadata.Namespace is { } room && room != ns
            ? (null, ResourceProblem.Invalid($"metadata.namespace is {room}, but the path says {ns}"))
            : (declared, null);
    }

    private static async Task<byte[]?> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBodyBytes) return null;
        using var body = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxBodyBytes) return null;
        }
        return body.ToArray();
    }

    /// <summary>Why a text is no name of a field manager; null if it is one.</summary>
    public static ResourceProblem? ManagerViolation(string? manager) =>
        manager is { Length: > 0 and <= MostManagerLetters } && manager.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or '/')
            ? null
            : ResourceProblem.Invalid($"fieldManager names the writer: 1 to {MostManagerLetters} letters, digits, '-', '_', '.', '@' or '/'");

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
