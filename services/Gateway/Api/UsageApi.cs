using System.Net;
using System.Text.Json;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Tunnels;
using Federation.ServiceDefaults.Auth;

namespace Federation.Gateway.Api;

/// <summary>What nodes and replicas use now: each agent that has a tunnel is asked, all at once. Nodes are everyone's to see, replicas their tenant's.</summary>
public sealed class UsageApi(TunnelRegistry tunnels, AgentDoor agents, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Answers with a <see cref="UsageReport"/>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        RequestId.Ensure(context);
        string tenant = context.GetPrincipal().Tenant.Value;
        (NodeKey Node, NodeUsage? Usage, string Reason)[] answers = await Task.WhenAll(tunnels.Nodes.Select(node => AskAsync(node, context.RequestAborted)));
        var report = new UsageReport(
            [.. answers.Where(static answer => answer.Usage is not null).Select(answer => answer.Usage! with { Replicas = [.. answer.Usage.Replicas.Where(replica => replica.Tenant == tenant)] })],
            [.. answers.Where(static answer => answer.Usage is null).Select(static answer => $"{answer.Node}: {answer.Reason}")]);
        await context.Response.WriteAsJsonAsync(report, DomainJson.Options, context.RequestAborted);
    }

    private async Task<(NodeKey Node, NodeUsage? Usage, string Reason)> AskAsync(NodeKey node, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, AgentDoor.Address + AgentApi.UsagePath);
            using HttpResponseMessage response = await agents.To(node).SendAsync(request, either.Token);
            // An agent of an earlier version does not know the question.
            if (response.StatusCode == HttpStatusCode.NotFound) return (node, null, "its agent does not measure");
            if (!response.IsSuccessStatusCode) return (node, null, $"its agent answers {(int)response.StatusCode}");
            await using Stream body = await response.Content.ReadAsStreamAsync(either.Token);
            NodeUsage? usage = await JsonSerializer.DeserializeAsync<NodeUsage>(body, DomainJson.Options, either.Token);
            // An agent speaks for the node that its certificate names, whatever it says.
            return (node, usage is null ? null : usage with { Cluster = node.Cluster.Value, Node = node.Node.Value }, "its agent answers nothing");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (node, null, $"its agent does not answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return (node, null, e.Message);
        }
    }
}
