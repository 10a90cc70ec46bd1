using Federation.Contracts.Api;
using Federation.Gateway.Forwarding;

namespace Federation.Gateway.Api;

/// <summary>Events of all services in one list.</summary>
public static class EventsApi
{
    private static readonly string[] Everyones = ["Cluster ", "Node ", "Plane "];

    /// <summary>What happened, oldest first. While one of the services is away the other's events are given, with a remark; while both are, nothing can be told.</summary>
    public static async Task HandleAsync(HttpContext context, OwnerCalls calls, TimeProvider time)
    {
        RequestId.Ensure(context);
        string query = context.Request.QueryString.Value ?? "";
        Task<ItemList<EventRecord>?> ofWorkloads = calls.GetAsync<ItemList<EventRecord>>(context, "placement", "/v1/events" + query);
        Task<ItemList<EventRecord>?> ofClusters = calls.GetAsync<ItemList<EventRecord>>(context, "health", "/v1/events" + query);
        ItemList<EventRecord>? placement = await ofWorkloads;
        ItemList<EventRecord>? health = await ofClusters;
        if (placement is null && health is null)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "No service tells its events", "neither placement nor health answers", retryAfterSeconds: 1);
            return;
        }
        IEnumerable<EventRecord> all = (placement?.Items ?? []).Concat(health?.Items ?? [])
            .Where(item => IsAsked(item, context.Request.Query["namespace"], context.Request.Query["object"]))
            .OrderBy(static item => item.Time);
        if (placement is null || health is null)
        {
            string away = placement is null ? "placement" : "health";
            all = all.Append(new EventRecord(time.GetUtcNow(), "Warning", "Incomplete", $"Service {away}", $"{away} does not answer: its events are missing here", 1, "gateway"));
        }
        await context.Response.WriteAsJsonAsync(new ItemList<EventRecord>([.. all]), Federation.Domain.Json.DomainJson.Options, context.RequestAborted);
    }

    /// <summary>Whether an event is about the object, or in the namespace, that was asked for. Clusters, nodes and the plane itself are in no namespace: theirs are everyone's.</summary>
    internal static bool IsAsked(EventRecord item, string? inNamespace, string? about)
    {
        if (about is not null) return string.Equals(item.Object, about, StringComparison.OrdinalIgnoreCase);
        if (inNamespace is null || Everyones.Any(kind => item.Object.StartsWith(kind, StringComparison.Ordinal))) return true;
        int name = item.Object.IndexOf(' ') + 1;
        return item.Object.AsSpan(name).StartsWith($"{inNamespace}/", StringComparison.Ordinal);
    }
}
