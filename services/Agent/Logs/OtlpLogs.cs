using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Logs;

/// <summary>Sends lines as OTLP logs over HTTP, in its JSON form (<see href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding"/>).</summary>
/// <param name="http">The way.</param>
/// <param name="cluster">The agent's.</param>
/// <param name="node">The agent's.</param>
public sealed class OtlpLogs(HttpReceiver http, ClusterId cluster, NodeId node) : ILogReceiver
{
    /// <inheritdoc/>
    public string Name => "otlp";

    /// <inheritdoc/>
    public async Task<ShippingOutcome> SendAsync(IReadOnlyList<ShippedLine> lines, CancellationToken cancellationToken)
    {
        (_, ShippingOutcome? outcome) = await http.PostAsync(Write(lines), "application/json", cancellationToken);
        return outcome is ShippingOutcome.Taken ? new ShippingOutcome.Taken(lines.Count) : outcome ?? new ShippingOutcome.Taken(0);
    }

    private ReadOnlyMemory<byte> Write(IReadOnlyList<ShippedLine> lines)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("resourceLogs");
        foreach (IGrouping<(WorkloadKey Workload, ReplicaId Replica), ShippedLine> group in lines.GroupBy(static line => (line.Workload, line.Replica)))
        {
            json.WriteStartObject();
            json.WriteStartObject("resource");
            json.WriteStartArray("attributes");
            Attribute(json, "service.name", group.Key.Workload.Name);
            Attribute(json, "service.namespace", group.Key.Workload.Namespace);
            Attribute(json, "service.instance.id", group.Key.Replica.Value);
            Attribute(json, "federation.tenant", group.Key.Workload.Tenant.Value);
            Attribute(json, "federation.namespace", group.Key.Workload.Namespace);
            Attribute(json, "federation.workload", group.Key.Workload.Name);
            Attribute(json, "federation.replica", group.Key.Replica.Value);
            Attribute(json, "federation.cluster", cluster.Value);
            Attribute(json, "federation.node", node.Value);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("scopeLogs");
            json.WriteStartObject();
            json.WriteStartArray("logRecords");
            foreach (ShippedLine line in group)
            {
                json.WriteStartObject();
                json.WriteString("timeUnixNano", (line.Line.Time.ToUnixTimeMilliseconds() * 1_000_000).ToString(CultureInfo.InvariantCulture));
                json.WriteStartObject("body");
                json.WriteString("stringValue", line.Line.Text);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Attribute(Utf8JsonWriter json, string key, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        json.WriteString("stringValue", value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
