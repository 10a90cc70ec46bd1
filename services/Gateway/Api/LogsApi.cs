using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Gateway.Forwarding;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Gateway.Api;

/// <summary>The output of all replicas of a workload in one stream, fetched from their agents through the tunnels.</summary>
public sealed class LogsApi(WorkloadReplicas workloads, AgentDoor agents, TimeProvider time)
{
    private const int LinesAhead = 1000;
    private static readonly TimeSpan LookForReplicas = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Answers with <see cref="LogLine"/>s as NDJSON, or as lines of text where <c>format=text</c> asks for it. With <c>follow=true</c> replicas that come later are followed too.
    /// <c>cluster</c>, <c>node</c> and <c>replica</c> (each perhaps several times) say whose output is meant; <c>previous=true</c> means that of the processes before the present ones.
    /// </summary>
    public async Task HandleAsync(HttpContext context, string inNamespace, string workload)
    {
        RequestId.Ensure(context);
        if (await ReplicasAsync(context, inNamespace, workload) is not { } replicas)
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
        Task reading = ReadAllAsync(context, (inNamespace, workload), replicas, follow, lines.Writer, ending.Token);
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

    private async Task<IReadOnlyList<ReplicaView>?> ReplicasAsync(HttpContext context, string inNamespace, string workload)
    {
        IQueryCollection asked = context.Request.Query;
        IReadOnlyList<ReplicaView>? all = await workloads.ListAsync(context, inNamespace, workload);
        return all is null ? null : [.. all.Where(replica => Is("cluster", replica.Cluster) && Is("node", replica.Node) && Is("replica", replica.Id))];

        bool Is(string part, string? value) => asked[part].Count == 0 || asked[part].Contains(value, StringComparer.Ordinal);
    }

    private async Task ReadAllAsync(
        HttpContext context, (string Namespace, string Name) workload, IReadOnlyList<ReplicaView> replicas, bool follow, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        var readers = new Dictionary<string, ReplicaReader>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (ReplicaView replica in replicas)
                {
                    if (!readers.TryGetValue(replica.Id, out ReplicaReader? reader)) readers[replica.Id] = reader = new ReplicaReader(replica);
                    // Read to its end or cut off: where it is followed it goes on from the last line seen.
                    if (reader.Running is null or { IsCompleted: true } && !reader.Gone) reader.Running = ReadOneAsync(context, reader, lines, cancellationToken);
                }
                if (!follow) break;
                await Task.Delay(LookForReplicas, time, cancellationToken);
                // While Health is away the replicas known so far are followed on.
                replicas = await ReplicasAsync(context, workload.Namespace, workload.Name) ?? replicas;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller has seen enough.
        }
        finally
        {
            await Task.WhenAll(readers.Values.Select(static reader => reader.Running ?? Task.CompletedTask));
            lines.TryComplete();
        }
    }

    private async Task ReadOneAsync(HttpContext context, ReplicaReader reader, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        ReplicaView replica = reader.Replica;
        try
        {
            if (replica.Node is null) return;
            var node = new NodeKey(new ClusterId(replica.Cluster), new NodeId(replica.Node));
            using var request = new HttpRequestMessage(HttpMethod.Get, AgentDoor.Address + AgentApi.Logs(replica.Id) + AgentQuery(context, reader.Last));
            using HttpResponseMessage response = await agents.To(node).SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                reader.Gone = response.StatusCode == System.Net.HttpStatusCode.NotFound;
                RemarkOnce(reader, lines, $"its agent answers {(int)response.StatusCode}");
                return;
            }
            using var output = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
            while (await output.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Length == 0 || JsonSerializer.Deserialize<LogLine>(line, DomainJson.Options) is not { } parsed) continue;
                await lines.WriteAsync(parsed, cancellationToken);
                reader.Last = parsed.Time;
                reader.Remarked = false;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller has seen enough.
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException or OperationCanceledException)
        {
            RemarkOnce(reader, lines, $"its output cannot be read further: {e.Message}");
        }
    }

    private static string AgentQuery(HttpContext context, DateTimeOffset? last)
    {
        IQueryCollection asked = context.Request.Query;
        var parts = new List<string>();
        if (asked["previous"] == "true") parts.Add("previous=true");
        if (asked["follow"].Count == 1) parts.Add($"follow={Uri.EscapeDataString(asked["follow"].ToString())}");
        if (last is { } seen)
        {
            parts.Add($"since={Uri.EscapeDataString(seen.ToString("O", CultureInfo.InvariantCulture))}");
        }
        else
        {
            if (asked["tail"].Count == 1) parts.Add($"tail={Uri.EscapeDataString(asked["tail"].ToString())}");
            if (asked["since"].Count == 1) parts.Add($"since={Uri.EscapeDataString(asked["since"].ToString())}");
        }
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    private void RemarkOnce(ReplicaReader reader, ChannelWriter<LogLine> lines, string text)
    {
        if (reader.Remarked) return;
        reader.Remarked = lines.TryWrite(new LogLine(time.GetUtcNow(), reader.Replica.Id, reader.Replica.Cluster, reader.Replica.Node, "plane", text));
    }

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

    /// <summary>One replica's output, as far as it was read.</summary>
    private sealed class ReplicaReader(ReplicaView replica)
    {
        public ReplicaView Replica { get; } = replica;

        public Task? Running { get; set; }

        public DateTimeOffset? Last { get; set; }

        public bool Gone { get; set; }

        public bool Remarked { get; set; }
    }
}
