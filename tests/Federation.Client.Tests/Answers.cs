using System.Text;
using System.Text.Json;
using Federation.Contracts.Api;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Manifests.Writing;
using Microsoft.AspNetCore.Http;

namespace Federation.Client.Tests;

/// <summary>Answers as the plane gives them.</summary>
internal static class Answers
{
    public static Namespace Namespace(string name, string version = "1") => new() { Metadata = new() { Name = name, ResourceVersion = version } };

    public static Task JsonAsync(this HttpContext context, object body, int status = 200, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), DomainJson.Options)).AsTask();
    }

    public static Task ListAsync(this HttpContext context, string cursor, string? next, params string[] names) =>
        context.JsonAsync(new ResourceList(Resource.Version, "NamespaceList", cursor, next, [.. names.Select(name => ResourceWriter.ToNode(Namespace(name)))]));

    public static Task ProblemAsync(this HttpContext context, int status, string type, string detail, object? errors = null, string? holder = null) =>
        context.JsonAsync(new Dictionary<string, object?> { ["type"] = type, ["title"] = "Refused", ["status"] = status, ["detail"] = detail, ["errors"] = errors, ["holder"] = holder }, status, "application/problem+json");

    public static async Task EventAsync(this HttpContext context, string type, string cursor, string? name)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        var change = new WatchEvent(type, cursor, name is null ? null : ResourceWriter.ToNode(Namespace(name)));
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {type}\nid: {cursor}\ndata: {JsonSerializer.Serialize(change, DomainJson.Options)}\n\n"));
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Keeps the answer open until the client is gone.</summary>
    public static async Task HoldAsync(this HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var _ = context.RequestAborted.Register(() => gone.TrySetResult());
        await context.Response.Body.FlushAsync();
        await gone.Task;
    }
}
