using System.Net;
using System.Text.Json;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Tunnels;

namespace Federation.Gateway.Api;

/// <summary>What a swarm runs that is not the plane's: its agent is asked, and nothing is kept. Variables of its services are told as they are, so that only the platform's admin may ask.</summary>
public sealed class ForeignServicesApi(TunnelRegistry tunnels, AgentDoor agents, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Answers with an <see cref="ItemList{T}"/> of <see cref="ForeignService"/>s.</summary>
    public async Task HandleAsync(HttpContext context, string cluster)
    {
        RequestId.Ensure(context);
        NodeKey[] connected = [.. tunnels.Nodes.Where(node => node.Cluster.Value == cluster).Order()];
        if (connected.Length == 0)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "No agent is connected", $"no agent of cluster {cluster} is connected, and it alone can ask the swarm", retryAfterSeconds: 1);
            return;
        }
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, late.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, AgentDoor.Address + AgentApi.ServicesPath);
            using HttpResponseMessage response = await agents.To(connected[0]).SendAsync(request, either.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                await context.WriteProblemAsync(422, ProblemTypes.InvalidResource, "Not a swarm", $"the agent of cluster {cluster} drives no swarm, or is of an earlier version: only a swarm's services are adopted");
                return;
            }
            await using Stream body = await response.Content.ReadAsStreamAsync(either.Token);
            if (response.IsSuccessStatusCode)
            {
                ForeignService[] found = await JsonSerializer.DeserializeAsync<ForeignService[]>(body, DomainJson.Options, either.Token) ?? [];
                await context.Response.WriteAsJsonAsync(new ItemList<ForeignService>(found), DomainJson.Options, context.RequestAborted);
                return;
            }
            ProblemText? why = await JsonSerializer.DeserializeAsync<ProblemText>(body, DomainJson.Options, either.Token);
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The swarm does not answer", why?.Detail ?? $"the agent answers {(int)response.StatusCode}", retryAfterSeconds: 1);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The agent does not answer", $"the agent of cluster {cluster} does not answer within {Patience.TotalSeconds:0} s", retryAfterSeconds: 1);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The agent does not answer", e.Message, retryAfterSeconds: 1);
        }
    }

    private sealed record ProblemText(string? Detail);
}
