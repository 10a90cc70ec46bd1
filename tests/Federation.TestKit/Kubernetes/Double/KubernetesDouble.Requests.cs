using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Federation.TestKit.Kubernetes.Double;

public sealed partial class KubernetesDouble
{
    private static readonly JsonSerializerOptions Wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (ApiFailure failure)
        {
            if (failure.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            context.Response.StatusCode = failure.Code;
            if (failure.Body is { } body) await JsonAsync(context, failure.Code, body);
            else await TextAsync(context, failure.Code, failure.Plain!);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left.
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value!;
        if (Token is { } token && request.Headers.Authorization != "Bearer " + token) throw ApiFailure.Of(401, "Unauthorized", "Unauthorized");
        if (Without.Any(version => path.StartsWith($"/apis/{version}", StringComparison.Ordinal) && path[(version.Length + 6)..] is "" or ['/', ..])) throw ApiFailure.NoPath();
        if (request.Method == HttpMethods.Get && ApiCatalog.Documents.TryGetValue(path.Length > 1 ? path.TrimEnd('/') : path, out Recordings.Recording? document))
        {
            // Of the aggregated form an older server knows nothing.
            if (!request.Headers.Accept.ToString().Split(',').Any(static one => one.Length == 0 || (!one.Contains("as=", StringComparison.Ordinal) && (one.Contains("json", StringComparison.Ordinal) || one.Contains("*/*", StringComparison.Ordinal)))) && !path.EndsWith("z", StringComparison.Ordinal)) throw ApiFailure.Of(406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf");
            context.Response.StatusCode = 200;
            context.Response.ContentType = document.Header("content-type");
            await context.Response.WriteAsync(Without.Count > 0 && path.TrimEnd('/') == "/apis" ? Groups(document) : document.Body);
            return;
        }
        string[] parts = path.Trim('/').Split('/');
        if (parts[0] is not ("api" or "apis"))
        {
            await JsonAsync(context, 404, new JsonObject { ["paths"] = ApiCatalog.Documents["/"].Response!["body"]!["paths"]!.DeepClone() });
            return;
        }
        bool isCore = parts[0] == "api";
        string group = isCore ? "" : parts.ElementAtOrDefault(1) ?? "", version = parts.ElementAtOrDefault(isCore ? 1 : 2) ?? "";
        if (isCore ? version != "v1" : !ApiCatalog.Versions.Contains(group)) throw ApiFailure.NoPath();
        string[] rest = parts[(isCore ? 2 : 3)..];
        if (rest.Length == 0) throw ApiFailure.NoResource();
        (string? space, string plural, string? name, string? subresource) = rest switch
        {
            ["namespaces"] => (null, "namespaces", null, null),
            ["namespaces", var one] => (null, "namespaces", one, null),
            ["namespaces", var one, "status" or "finalize"] => (null, "namespaces", one, rest[2]),
            ["namespaces", var one, var kind] => (one, kind, null, null),
            ["namespaces", var one, var kind, var item] => (one, kind, item, null),
            ["namespaces", var one, var kind, var item, ..] => (one, kind, item, string.Join('/', rest[4..])),
            [var kind] => (null, kind, null, null),
            [var kind, var item] => (null, kind, item, null),
            [var kind, var item, ..] => ((string?)null, kind, item, string.Join('/', rest[2..])),
            _ => throw ApiFailure.NoPath(),
        };
        ApiKind found = ApiCatalog.Find(group, version, plural) ?? throw ApiFailure.NoResource();
        string firstOf = subresource?.Split('/')[0] ?? "";
        if (subresource is not null && !found.Subresources.Contains(firstOf, StringComparer.Ordinal)) throw ApiFailure.NoResource();
        bool watches = request.Query["watch"] is var value && (value == "true" || value == "1");
        string verb = request.Method switch
        {
            "GET" => name is not null ? "get" : watches ? "watch" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => name is null ? "deletecollection" : "delete",
            _ => "",
        };
        bool fitsMethod = verb switch { "create" => name is null || subresource is not null, "update" or "patch" => name is not null, "" => false, _ => true };
        if (!fitsMethod) throw ApiFailure.Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);
        if (verb is "get" or "list" && subresource is null && !Accepts(request, "json")) throw ApiFailure.Of(406, "NotAcceptable", "406: Not Acceptable", []);
        var call = new ApiCall(verb, group, plural + (subresource is null ? "" : "/" + subresource), space, name);
        Require(found, call);
        Fault? fault = Faults?.Invoke(call);
        switch (fault)
        {
            case Fault.Slow slow:
                await Task.Delay(slow.By, context.RequestAborted);
                break;
            case Fault.Refuse { Code: 429 or 503 } refuse:
                throw ApiFailure.Text(refuse.Code, refuse.Code == 429 ? "Too many requests, please try again later.\n" : "apiserver is shutting down\n", refuse.RetryAfter);
            case Fault.Refuse refuse:
                throw ApiFailure.Of(refuse.Code, "InternalError", refuse.Words);
            case Fault.Cut { AfterCarryingOut: false }:
                context.Abort();
                return;
            default:
                break;
        }
        if (found.Plural == "selfsubjectaccessreviews")
        {
            await ReviewAsync(context, found);
            return;
        }
        if (watches && verb == "watch")
        {
            await WatchAsync(context, found, space, fault);
            return;
        }
        if (plural == "pods" && firstOf == "portforward")
        {
            await ForwardAsync(context, found, space!, name!);
            return;
        }
        if (plural == "pods" && firstOf is "log" or "exec" or "attach")
        {
            await (firstOf == "log" ? LogAsync(context, found, space!, name!) : ExecAsync(context, found, space!, name!));
            return;
        }
        JsonNode? body = request.Method == HttpMethods.Get ? null : await BodyAsync(request, found, verb);
        (int Code, JsonObject Body) answer;
        lock (_gate)
        {
            answer = (verb, subresource) switch
            {
                ("get", null) when request.Headers.Accept.ToString().Contains("as=PartialObjectMetadata", StringComparison.Ordinal) => (200, Partial(Existing(found, space, name!))),
                ("get", null or "status") => (200, Shown(Existing(found, space, name!), found)),
                ("get" or "update" or "patch", "scale") => ScaleOf(request, found, space!, name!, body as JsonObject),
                ("create", "eviction") => Evict(found, space!, name!, (body as JsonObject)!),
                ("list", null) => (200, Page(request, found, space, fault)),
                ("create", null) => Create(request, found, space, (body as JsonObject)!),
                ("update", null or "status") => Replace(request, found, space, name!, (body as JsonObject)!, subresource == "status"),
                ("patch", null or "status") => Patch(request, found, space, name!, body, subresource == "status"),
                ("delete", null) => Delete(request, found, space, name!, body as JsonObject),
                ("deletecollection", null) => DeleteAll(request, found, space),
                _ => throw ApiFailure.NoResource(),
            };
            Settle();
        }
        if (fault is Fault.Cut)
        {
            context.Abort();
            return;
        }
        await JsonAsync(context, answer.Code, answer.Body);
    }

    // The groups, with the versions that are there.
    private string Groups(Recordings.Recording document)
    {
        var list = (JsonObject)document.Response!["body"]!.DeepClone();
        foreach (JsonObject group in list.Items("groups"))
        {
            JsonObject[] left = [.. group.Items("versions").Where(version => !Without.Contains(version.Text("groupVersion")!))];
            group["versions"] = new JsonArray([.. left.Select(static version => version.DeepClone())]);
            if (left.Length > 0) group["preferredVersion"] = left[0].DeepClone();
        }
        return list.ToJsonString(Wire);
    }

    private void Require(ApiKind kind, ApiCall call)
    {
        _calls.Enqueue(call);
        if (Allows?.Invoke(call) == false)
            throw ApiFailure.Forbidden(kind, call.Name, $"User \"system:serviceaccount:federation:agent\" cannot {call.Verb} resource \"{call.Resource}\" in API group \"{call.Group}\" {(call.Namespace is null ? "at the cluster scope" : $"in the namespace \"{call.Namespace}\"")}");
    }

    private async Task<JsonNode?> BodyAsync(HttpRequest request, ApiKind kind, string verb)
    {
        using var reader = new StreamReader(request.Body);
        string text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        string type = request.ContentType?.Split(';')[0].Trim() ?? "application/json";
        if (verb == "patch" && type is not ("application/apply-patch+yaml" or "application/merge-patch+json" or "application/json-patch+json" or "application/strategic-merge-patch+json"))
            throw ApiFailure.Of(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);
        if (verb is "create" or "update" && type is not ("application/json" or "application/yaml"))
            throw ApiFailure.Of(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf");
        if (string.IsNullOrWhiteSpace(text)) return verb is "create" or "update" ? throw ApiFailure.BadRequest("the object provided is unrecognized") : null;
        try
        {
            JsonNode? node = text.AsSpan().TrimStart() is ['{' or '[', ..] ? JsonNode.Parse(text) : Yaml.Read(text);
            if (node is not JsonObject && !(node is JsonArray && type == "application/json-patch+json")) throw ApiFailure.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): couldn't get version/kind; json parse error");
            return node;
        }
        catch (Exception e) when (e is JsonException or YamlDotNet.Core.YamlException)
        {
            throw ApiFailure.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): couldn't get version/kind; json parse error: {e.Message}");
        }
    }

    private static bool Accepts(HttpRequest request, string what) =>
        request.Headers.Accept.Count == 0 || request.Headers.Accept.ToString().Split(',').Any(one => one.Contains(what, StringComparison.Ordinal) || one.Contains("yaml", StringComparison.Ordinal) || one.Contains("*/*", StringComparison.Ordinal) || one.Contains("application/*", StringComparison.Ordinal));

    private async Task ReviewAsync(HttpContext context, ApiKind kind)
    {
        var review = (JsonObject)(await BodyAsync(context.Request, kind, "create"))!;
        JsonNode? asked = review.At("spec.resourceAttributes");
        string resource = asked.Text("resource") + (asked.Text("subresource") is { Length: > 0 } sub ? "/" + sub : "");
        bool allowed = Allows?.Invoke(new ApiCall(asked.Text("verb")!, asked.Text("group") ?? "", resource, asked.Text("namespace"), asked.Text("name"))) ?? true;
        review["kind"] = kind.Kind;
        review["apiVersion"] = kind.ApiVersion;
        review.Meta().Default("creationTimestamp", null);
        review["status"] = allowed ? new JsonObject { ["allowed"] = true, ["reason"] = "allowed by the test" } : new JsonObject { ["allowed"] = false };
        await JsonAsync(context, 201, review);
    }

    private static async Task JsonAsync(HttpContext context, int code, JsonNode body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-cache, private";
        byte[] bytes = Encoding.UTF8.GetBytes(body.ToJsonString(Wire));
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task TextAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text);
    }
}
