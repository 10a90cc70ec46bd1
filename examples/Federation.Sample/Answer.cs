using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Federation.Sample;

/// <summary>What every role says of itself.</summary>
internal sealed record Answer(string Role, string Workload, string Version, string Cluster, string Node, string Replica, string Revision, int Pid)
{
    /// <summary>The config file's text, where the workload has one.</summary>
    public string? Config { get; init; }

    /// <summary>The secret file's fingerprint, never its content.</summary>
    public SecretFingerprint? Secret { get; init; }

    /// <summary>What the api answered to this request.</summary>
    public JsonNode? Api { get; init; }

    /// <summary>Why the api could not be asked.</summary>
    public string? ApiError { get; init; }

    public static Answer Of(string role, ReplicaIdentity self) => new(role, self.Workload, self.Version, self.Cluster, self.Node, self.Replica, self.Revision, Environment.ProcessId)
    {
        Config = Material.Config(),
        Secret = Material.Secret(),
    };
}

/// <summary>Enough of a secret to see that the right one arrived, and not enough to guess it.</summary>
internal sealed record SecretFingerprint(int Length, string Sha256Prefix);

/// <summary>What an order's execution is answered with.</summary>
internal sealed record OrderReceipt(string Id, int Executions, string Replica, string Cluster, string Version);

/// <summary>Executions of orders at this replica.</summary>
internal sealed record ExecutionReport(string Replica, int Orders, int Executions, IReadOnlyDictionary<string, int> ById);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(OrderReceipt))]
[JsonSerializable(typeof(ExecutionReport))]
internal sealed partial class SampleJson : JsonSerializerContext;
