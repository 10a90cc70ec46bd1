using System.Globalization;
using System.Runtime.CompilerServices;
using Federation.Client.Requests;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Client;

public sealed partial class FederationClient
{
    private const int MostEvents = 1000;

    /// <summary>Why each cluster was chosen or refused.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<Explanation> ExplainAsync(string workload, string? @namespace = null, CancellationToken ct = default) =>
        GetJsonAsync<Explanation>(Workload(workload, @namespace, "explanation"), ct);

    /// <summary>The workload's replicas, as they are observed.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<IReadOnlyList<ReplicaView>> ReplicasAsync(string workload, string? @namespace = null, CancellationToken ct = default) =>
        GetItemsAsync<ReplicaView>(Workload(workload, @namespace, "replicas"), ct);

    /// <summary>The tenant's replicas, as they are observed.</summary>
    /// <param name="cluster">Only those in this cluster; everywhere if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<IReadOnlyList<ReplicaView>> AllReplicasAsync(string? cluster = null, CancellationToken ct = default) =>
        GetItemsAsync<ReplicaView>(ApiPath.Of("replicas").With("cluster", cluster), ct);

    /// <summary>The templates the workload had, oldest first.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<IReadOnlyList<RevisionView>> RevisionsAsync(string workload, string? @namespace = null, CancellationToken ct = default) =>
        GetItemsAsync<RevisionView>(Workload(workload, @namespace, "revisions"), ct);

    /// <summary>Sets the number of replicas and makes the caller its owner.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="replicas">The number.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="fieldManager">In whose name; the identity's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task ScaleAsync(string workload, int replicas, string? @namespace = null, string? fieldManager = null, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, Workload(workload, @namespace, "scale").With("fieldManager", fieldManager), new ScaleRequest(replicas), ct);
    }

    /// <summary>Says where a person wants the workload's replicas, or takes that back.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="request">Where, and how many.</param>
    /// <param name="dryRun">Plan it, write nothing.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<MoveReply> MoveAsync(string workload, MoveRequest request, bool dryRun = false, string? @namespace = null, CancellationToken ct = default) =>
        PostAsync<MoveReply>(Workload(workload, @namespace, "move").With("dryRun", dryRun), request, ct);

    /// <summary>Gives up the data of a workload's volumes whose home is gone for good, so that it starts elsewhere with them empty.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="dryRun">Judge it, write nothing.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<DataLossReply> AcceptDataLossAsync(string workload, bool dryRun = false, string? @namespace = null, CancellationToken ct = default) =>
        PostAsync<DataLossReply>(Workload(workload, @namespace, "accept-data-loss").With("dryRun", dryRun), null, ct);

    /// <summary>Brings a workload back to the clusters that it had to leave.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<MoveReply> FailBackAsync(string workload, string? @namespace = null, CancellationToken ct = default) =>
        PostAsync<MoveReply>(Workload(workload, @namespace, "failback"), null, ct);

    /// <summary>Starts every replica anew, as a rollout of the same template.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task RestartAsync(string workload, string? @namespace = null, CancellationToken ct = default) => PostAsync(workload, @namespace, "restart", ct);

    /// <summary>Halts the workload's rollouts.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task PauseAsync(string workload, string? @namespace = null, CancellationToken ct = default) => PostAsync(workload, @namespace, "pause", ct);

    /// <summary>Lets the workload's rollouts go on, one that a failure has held too.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task ResumeAsync(string workload, string? @namespace = null, CancellationToken ct = default) => PostAsync(workload, @namespace, "resume", ct);

    /// <summary>Goes back to an earlier template.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="revision">Which, by number or hash; the newest other one if null.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task UndoAsync(string workload, string? revision = null, string? @namespace = null, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Workload(workload, @namespace, "undo"), new UndoRequest(revision), ct);
    }

    /// <summary>The output of all replicas in one stream, in the order in which it arrives.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="query">Which lines.</param>
    /// <param name="namespace">Its namespace; the client's own if null.</param>
    /// <param name="ct">Ends the stream.</param>
    public async IAsyncEnumerable<LogLine> LogsAsync(string workload, LogQuery? query = null, string? @namespace = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        query ??= new();
        ApiPath path = Workload(workload, @namespace, "logs")
            .With("follow", query.Follow)
            .With("tail", query.Tail)
            .With("previous", query.Previous)
            .With("since", query.Since?.ToString("O", CultureInfo.InvariantCulture));
        foreach (string cluster in query.Clusters) path.With("cluster", cluster);
        foreach (string node in query.Nodes) path.With("node", node);
        foreach (string replica in query.Replicas) path.With("replica", replica);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, ct, static request => request.Headers.Accept.Add(new("application/x-ndjson")), stream: true);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            // An empty line keeps a quiet stream alive.
            if (line.Length > 0 && System.Text.Json.JsonSerializer.Deserialize<LogLine>(line, DomainJson.Options) is { } parsed) yield return parsed;
        }
    }

    /// <summary>What happened, oldest first: of the newest thousand of each service, those that are asked for.</summary>
    /// <param name="namespace">The namespace; the client's own if null.</param>
    /// <param name="allNamespaces">Every namespace of the tenant.</param>
    /// <param name="about">Only of one object: <c>Workload default/web</c>.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<IReadOnlyList<EventRecord>> EventsAsync(string? @namespace = null, bool allNamespaces = false, string? about = null, CancellationToken ct = default)
    {
        IReadOnlyList<EventRecord> events = await GetItemsAsync<EventRecord>(ApiPath.Of("events").With("limit", MostEvents), ct);
        string room = $" {@namespace ?? Namespace}/";
        // What lies outside namespaces (a cluster) concerns every one of them.
        return [.. events.Where(item => (about is null || item.Object == about)
            && (allNamespaces || !item.Object.Contains('/') || item.Object.Contains(room, StringComparison.Ordinal)))];
    }

    private async Task PostAsync(string workload, string? @namespace, string action, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Workload(workload, @namespace, action), null, ct);
    }

    private ApiPath Workload(string name, string? @namespace, string part) => ApiPath.Of("namespaces", @namespace ?? Namespace, "workloads", name, part);
}
