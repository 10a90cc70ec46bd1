using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Gateway.Forwarding;
using Federation.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Gateway.Api;

/// <summary>The output of all replicas of a workload in one stream, fetched from their agents through the tunnels.</summary>
public sealed class LogsApi(OwnerCalls calls, AgentDoor agents, TimeProvider time)
{
    private const int LinesAhead = 1000;
    private static readonly TimeSpan LookForReplicas = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Answers with <see cref="LogLine"/>s as NDJSON, or as lines of text where <c>format=text</c> asks for it. With <c>follow=true</c> replicas that come later are followed too.</summary>
    public async Task HandleAsync(HttpContext context, string inNamespace, string workload)
    {
        RequestId.Ensure(context);
        TenantId tenant = context.GetPrincipal().Tenant;
        if (await ReplicasAsync(context, tenant, inNamespace, workload) is not { } replicas)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The replicas are not known", "health does not answer, and it alone knows where the replicas are", retryAfterSeconds: 1);
            return;
        }
        bool follow = string.Equals(context.Request.Query["follow"], "true", StringComparison.OrdinalIgnoreCase);
        bool text = context.Request.Query["format"] == "text";
        context.Response.ContentType = text ? "text/plain; charset=utf-8" : "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Channel<LogLine> lines = Channel.CreateBounded<LogLine>(LinesAhead);
        Task reading = ReadAllAsync(context, (tenant, inNamespace, workload), replicas, follow, lines.Writer, ending.Token);
        try
        {
            await WriteAsync(context, lines.Reader, text, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has seen enough.
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
    }

    private async Task<IReadOnlyList<ReplicaView>?> ReplicasAsync(HttpContext context, TenantId tenant, string inNamespace, string workload) =>
        (await calls.GetAsync<ItemList<ReplicaView>>(context, "health",
            $"/v1/namespaces/{Uri.EscapeDataString(inNamespace)}/workloads/{Uri.EscapeDataString(workload)}/replicas{TenantQuery(context, tenant)}"))?.Items;

    private static string TenantQuery(HttpContext context, TenantId tenant) =>
        context.GetTokenPrincipal().Tenant == tenant ? "" : $"?tenant={Uri.EscapeDataString(tenant.Value)}";

    private async Task ReadAllAsync(
        HttpContext context, (TenantId Tenant, string Namespace, string Name) workload, IReadOnlyList<ReplicaView> replicas, bool follow, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        var running = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (ReplicaView replica in replicas)
                {
                    if (!running.ContainsKey(replica.Id)) running[replica.Id] = ReadOneAsync(context, replica, lines, cancellationToken);
                }
                if (!follow) break;
                await Task.Delay(LookForReplicas, time, cancellationToken);
                // While Health is away the replicas known so far are followed on.
                replicas = await ReplicasAsync(context, workload.Tenant, workload.Namespace, workload.Name) ?? replicas;
            }
            await Task.WhenAll(running.Values);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(running.Values);
        }
        finally
        {
            lines.TryComplete();
        }
    }

    private async Task ReadOneAsync(HttpContext context, ReplicaView replica, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            if (replica.Node is null) return;
            var node = new NodeKey(new ClusterId(replica.Cluster), new NodeId(replica.Node));
            using var request = new HttpRequestMessage(HttpMethod.Get, AgentDoor.Address + AgentApi.Logs(replica.Id) + AgentQuery(context));
            using HttpResponseMessage response = await agents.To(node).SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                await lines.WriteAsync(Remark(replica, $"its agent answers {(int)response.StatusCode}"), cancellationToken);
                return;
            }
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Length > 0 && JsonSerializer.Deserialize<LogLine>(line, DomainJson.Options) is { } parsed) await lines.WriteAsync(parsed, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller has seen enough.
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException or OperationCanceledException)
        {
            lines.TryWrite(Remark(replica, $"its output cannot be read further: {e.Message}"));
        }
    }

    private static string AgentQuery(HttpContext context)
    {
        string[] parts =
        [
            .. new[] { "follow", "tail", "since" }
                .Where(name => context.Request.Query[name].Count == 1)
                .Select(name => $"{name}={Uri.EscapeDataString(context.Request.Query[name].ToString())}"),
        ];
        return parts.Length == 0 ? "" : "?" + string.Join('&', parts);
    }

    private LogLine Remark(ReplicaView replica, string text) => new(time.GetUtcNow(), replica.Id, replica.Cluster, replica.Node, "plane", text);

    private async Task WriteAsync(HttpContext context, ChannelReader<LogLine> lines, bool text, CancellationToken cancellationToken)
    {
        Stream body = context.Response.Body;
        await context.Response.StartAsync(cancellationToken);
        Task<bool> next = lines.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            if (!next.IsCompleted && await Task.WhenAny(next, Task.Delay(KeepAlive, time, cancellationToken)) != next)
            {
                // An empty line keeps a quiet stream alive, and notices a caller that is gone.
                await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
                await body.FlushAsync(cancellationToken);
                continue;
            }
            if (!await next) return;
            while (lines.TryRead(out LogLine? line))
            {
                byte[] bytes = text ? Encoding.UTF8.GetBytes($"{line.Replica} | {line.Text}") : JsonSerializer.SerializeToUtf8Bytes(line, DomainJson.Options);
                await body.WriteAsync(bytes, cancellationToken);
                await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }
            await body.FlushAsync(cancellationToken);
            next = lines.WaitToReadAsync(cancellationToken).AsTask();
        }
    }
}
