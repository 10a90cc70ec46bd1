using System.Buffers;
using System.Text.Json;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Logs;

/// <summary>
/// Sends lines to Elasticsearch's bulk API. A line's id is its replica and position, so that one that is sent twice is kept once: the second is a
/// conflict, and is done. Lines that are refused for being busy are sent again; those refused for good are counted.
/// </summary>
/// <param name="http">The way.</param>
/// <param name="index">The index, or data stream.</param>
/// <param name="cluster">The agent's.</param>
/// <param name="node">The agent's.</param>
public sealed class ElasticsearchLogs(HttpReceiver http, string index, ClusterId cluster, NodeId node) : ILogReceiver
{
    private const int Conflict = 409;
    private const int Busy = 429;
    private static readonly byte[] Newline = "\n"u8.ToArray();

    /// <inheritdoc/>
    public string Name => "elasticsearch";

    /// <inheritdoc/>
    public async Task<ShippingOutcome> SendAsync(IReadOnlyList<ShippedLine> lines, CancellationToken cancellationToken)
    {
        (byte[]? answer, ShippingOutcome? outcome) = await http.PostAsync(Write(lines), "application/x-ndjson", cancellationToken);
        if (answer is null) return outcome is ShippingOutcome.Taken ? new ShippingOutcome.Taken(lines.Count) : outcome!;
        try
        {
            return Read(answer);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new ShippingOutcome.Later($"its answer is no answer of a bulk request: {e.Message}", null);
        }
    }

    private static ShippingOutcome Read(byte[] answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        if (!document.RootElement.GetProperty("errors").GetBoolean()) return new ShippingOutcome.Taken(0);
        int refused = 0;
        foreach (JsonElement item in document.RootElement.GetProperty("items").EnumerateArray())
        {
            int status = item.EnumerateObject().First().Value.GetProperty("status").GetInt32();
            // All are sent again: those that were kept conflict with themselves.
            if (status == Busy || status >= 500) return new ShippingOutcome.Later($"it answered {status} for a line", null);
            if (status >= 400 && status != Conflict) refused++;
        }
        return new ShippingOutcome.Taken(refused);
    }

    private ReadOnlyMemory<byte> Write(IReadOnlyList<ShippedLine> lines)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (ShippedLine line in lines)
        {
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteStartObject("create");
                json.WriteString("_index", index);
                json.WriteString("_id", $"{line.Replica}.{line.Line.Position}");
                json.WriteEndObject();
                json.WriteEndObject();
            }
            buffer.Write(Newline);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("@timestamp", line.Line.Time);
                json.WriteString("message", line.Line.Text);
                json.WriteStartObject("federation");
                json.WriteString("tenant", line.Workload.Tenant.Value);
                json.WriteString("namespace", line.Workload.Namespace);
                json.WriteString("workload", line.Workload.Name);
                json.WriteString("replica", line.Replica.Value);
                json.WriteString("cluster", cluster.Value);
                json.WriteString("node", node.Value);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            buffer.Write(Newline);
        }
        return buffer.WrittenMemory;
    }
}
