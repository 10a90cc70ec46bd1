using System.Globalization;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Client.Resources;
using Federation.Domain.Clusters;
using Federation.Domain.Resources;

namespace Federation.Cli.Completion;

/// <summary>Names as the plane has them now. A plane that is down, slow or refuses has none: a shell must never be held up.</summary>
internal sealed class LiveNames(string contextPath, string? contextName, string? tenant, string? room)
{
    /// <summary>Milliseconds to wait for the plane, where the usual are too few: a plane that is far away.</summary>
    public const string PatienceVariable = "FEDERATION_COMPLETION_TIMEOUT";

    private static TimeSpan Patience => int.TryParse(Environment.GetEnvironmentVariable(PatienceVariable), CultureInfo.InvariantCulture, out int set) && set > 0
        ? TimeSpan.FromMilliseconds(set)
        : TimeSpan.FromMilliseconds(450);

    public Task<IReadOnlyList<string>> OfAsync(ResourceKind kind, CancellationToken ct) =>
        AskAsync(async (client, limit) => (IReadOnlyList<string>)[.. (await client.ListAsync(kind, new ListQuery(), limit)).Items.Select(static item => item.Metadata.Name)], ct);

    public Task<IReadOnlyList<string>> ReplicasAsync(string workload, CancellationToken ct) =>
        AskAsync(async (client, limit) => (IReadOnlyList<string>)[.. (await client.ReplicasAsync(workload, ct: limit)).Select(static replica => replica.Id)], ct);

    public Task<IReadOnlyList<string>> NodesAsync(CancellationToken ct) =>
        AskAsync(async (client, limit) => (IReadOnlyList<string>)[.. (await client.ListAsync<Cluster>(ct: limit)).Items.SelectMany(static cluster => cluster.Status?.NodeList ?? []).Select(static node => node.Name).Distinct(StringComparer.Ordinal)], ct);

    /// <summary>Nodes with their clusters: <c>edge/n2</c>.</summary>
    public Task<IReadOnlyList<string>> PlacesAsync(CancellationToken ct) =>
        AskAsync(async (client, limit) => (IReadOnlyList<string>)[.. (await client.ListAsync<Cluster>(ct: limit)).Items.SelectMany(static cluster => (cluster.Status?.NodeList ?? []).Select(node => $"{cluster.Metadata.Name}/{node.Name}"))], ct);

    public Task<IReadOnlyList<string>> RevisionsAsync(string workload, CancellationToken ct) =>
        AskAsync(async (client, limit) => (IReadOnlyList<string>)[.. (await client.RevisionsAsync(workload, ct: limit)).Select(static revision => revision.Revision)], ct);

    public IReadOnlyList<string> Contexts()
    {
        try
        {
            return [.. ContextFile.Load(contextPath).File.Contexts.Keys];
        }
        catch (Exception e) when (e is ContextFileException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private async Task<IReadOnlyList<string>> AskAsync(Func<FederationClient, CancellationToken, Task<IReadOnlyList<string>>> ask, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            if (ContextFile.Load(contextPath).File.Find(contextName) is not { } context) return [];
            using FederationClient client = FederationClient.Create(
                context with { Tenant = tenant ?? context.Tenant, Namespace = room ?? context.Namespace },
                new FederationClientOptions { RetryFor = TimeSpan.Zero, RequestTimeout = Patience });
            return await ask(client, limit.Token);
        }
        catch (Exception e) when (e is ApiException or PlaneUnreachableException or ContextFileException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
