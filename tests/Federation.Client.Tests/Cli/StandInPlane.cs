using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.Client.Tests.Cli;

/// <summary>A plane that keeps what it is given and answers by the API's contract; workloads become ready when they have been looked at a few times.</summary>
internal sealed class StandInPlane : IAsyncDisposable
{
    private const int LooksUntilReady = 3;
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _looks = new(StringComparer.Ordinal);

    private StandInPlane(WebApplication app) => _app = app;

    /// <summary>Path (<c>/v1/namespaces/default/workloads/web</c>) to resource.</summary>
    public ConcurrentDictionary<string, JsonObject> Resources { get; } = new(StringComparer.Ordinal);

    /// <summary>Path and query (without the tenant) to a fixed answer that goes before the kept resources.</summary>
    public ConcurrentDictionary<string, (int Status, object Body)> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>What a watch of a path tells, after which it stays open; a watch of any other path ends at once.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<WatchEvent>> Watches { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Requests { get; } = new();

    public bool WorkloadsBecomeReady { get; set; } = true;

    public string ContextPath { get; private set; } = "";

    public static async Task<StandInPlane> StartAsync(string folder)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var plane = new StandInPlane(app);
        app.Run(plane.AnswerAsync);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        plane.ContextPath = Path.Combine(folder, "context.json");
        new ContextFile().With("test", new ClientContext { Server = address, ClientId = "admin", ClientSecret = "s", Tenant = "default", Namespace = "default" }, true).Save(plane.ContextPath);
        return plane;
    }

    public void Keep(string path, string json) => Resources[path] = JsonNode.Parse(json)!.AsObject();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path;
        string method = context.Request.Method;
        if (path == "/oauth2/token")
        {
            await WriteAsync(context, 200, new TokenReply("token", "Bearer", 600));
            return;
        }
        string query = string.Join('&', context.Request.Query.Where(pair => pair.Key != "tenant").Select(pair => $"{pair.Key}={pair.Value}"));
        Requests.Enqueue($"{method} {path}{(query.Length > 0 ? "?" + query : "")}");
        if (Answers.TryGetValue($"{method} {path}", out var fixedAnswer)) await WriteAsync(context, fixedAnswer.Status, fixedAnswer.Body);
        else if (context.Request.Query["watch"] == "true") await WatchAsync(context, path);
        else if (method is "PUT" or "PATCH") await PutAsync(context, path);
        else if (method == "DELETE") await WriteAsync(context, Resources.TryRemove(path, out JsonObject? gone) ? 200 : 404, gone ?? NotFound());
        else if (Resources.TryGetValue(path, out JsonObject? found)) await WriteAsync(context, 200, Looked(path, found));
        else if (path.Split('/') is [_, "v1", "namespaces", _, _] or [_, "v1", "clusters" or "namespaces"]) await WriteAsync(context, 200, List(path));
        else await WriteAsync(context, 404, NotFound());
    }

    private async Task PutAsync(HttpContext context, string path)
    {
        JsonObject body = (await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body))!;
        bool before = Resources.TryGetValue(path, out JsonObject? old);
        bool same = before && JsonNode.DeepEquals(old!["spec"], body["spec"]);
        body["metadata"]!["generation"] = before ? old!["metadata"]!["generation"]!.GetValue<long>() + (same ? 0 : 1) : 1;
        body["metadata"]!["createdAt"] = DateTimeOffset.UtcNow.ToString("O");
        context.Response.Headers[ApiHeaders.Result] = same ? "unchanged" : before ? "configured" : "created";
        if (context.Request.Query["dryRun"] != "true") Resources[path] = body;
        await WriteAsync(context, before ? 200 : 201, body);
    }

    private async Task WatchAsync(HttpContext context, string path)
    {
        context.Response.ContentType = "text/event-stream";
        if (!Watches.TryGetValue(path, out ConcurrentQueue<WatchEvent>? events)) return;
        while (events.TryDequeue(out WatchEvent? told))
        {
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(told, DomainJson.Options)}\n\n", context.RequestAborted);
            // The history is lost: the stream is over.
            if (told.Type == "EXPIRED") return;
        }
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private JsonObject Looked(string path, JsonObject found)
    {
        if (found["kind"]!.GetValue<string>() != "Workload" || found["status"] is not null) return found;
        bool ready = WorkloadsBecomeReady && _looks.AddOrUpdate(path, 1, (_, looks) => looks + 1) >= LooksUntilReady;
        JsonObject shown = found.DeepClone().AsObject();
        shown["status"] = JsonNode.Parse($$"""
            {"observedGeneration":{{found["metadata"]!["generation"]}},"desired":2,"assigned":2,"ready":{{(ready ? 2 : 1)}},"updated":2,"updatedReady":{{(ready ? 2 : 1)}},"phase":"{{(ready ? "Ready" : "Progressing")}}","clusters":[{"cluster":"eu-cloud","assigned":2,"ready":{{(ready ? 2 : 1)}}}]}
            """);
        return shown;
    }

    private ResourceList List(string path) => new("federation/v1", "List", "1", null,
        [.. Resources.Where(pair => pair.Key.StartsWith(path + "/", StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (JsonNode)pair.Value.DeepClone())]);

    private static object NotFound() => new { type = ProblemTypes.NotFound, title = "Not found", status = 404, detail = "there is no such resource" };

    private static Task WriteAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status >= 400 ? "application/problem+json" : "application/json";
        return context.Response.WriteAsync(body as string ?? JsonSerializer.Serialize(body, body.GetType(), DomainJson.Options));
    }
}
