using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>
/// Which nodes a workload's pods may run on, as the cluster's scheduler reads it (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ and
/// taint-and-toleration/): by its selector, its required affinity and its tolerations. Whether there is room is not asked. Pure.
/// </summary>
internal sealed class NodeTerms
{
    private readonly JsonObject _spec;

    private NodeTerms(JsonObject spec) => _spec = spec;

    /// <summary>The terms of a template.</summary>
    public static NodeTerms Of(WorkloadTemplate template)
    {
        var spec = new JsonObject();
        // What is refused is told where its pods are made.
        NodeTermsForm.Lay(template, "", spec);
        CarriedFields.LayNodeTerms(template, spec);
        return new NodeTerms(spec);
    }

    /// <summary>Whether a node is there, takes pods, and meets them.</summary>
    public bool AreMetBy(Node node) =>
        NodeDiagnosis.Loss(node) is null
        && (!node.Spec.Unschedulable || Tolerates(new Taint { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" }))
        && (node.Spec.Taints ?? []).All(taint => taint.Effect is not ("NoSchedule" or "NoExecute") || Tolerates(taint))
        && (Text(_spec["nodeName"]) is not { } name || name == node.Metadata.Name)
        && (_spec["nodeSelector"] is not JsonObject selector || selector.All(label => LabelOf(node, label.Key) is { } value && value == Text(label.Value)))
        && (_spec["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]?["nodeSelectorTerms"] is not JsonArray terms || terms.Any(term => Meets(node, term as JsonObject)));

    // A term without an expression selects nothing.
    private static bool Meets(Node node, JsonObject? term)
    {
        JsonNode?[] labels = [.. term?["matchExpressions"] as JsonArray ?? []], fields = [.. term?["matchFields"] as JsonArray ?? []];
        return labels.Length + fields.Length > 0
            && labels.All(one => Holds(one, LabelOf(node, Text(one?["key"]) ?? "")))
            && fields.All(one => Holds(one, Text(one?["key"]) == "metadata.name" ? node.Metadata.Name : null));
    }

    private static bool Holds(JsonNode? expression, string? actual)
    {
        string?[] values = [.. (expression?["values"] as JsonArray ?? []).Select(Text)];
        return Text(expression?["operator"]) switch
        {
            "In" => actual is not null && values.Contains(actual),
            "NotIn" => actual is null || !values.Contains(actual),
            "Exists" => actual is not null,
            "DoesNotExist" => actual is null,
            "Gt" => Number(actual) is { } more && Number(values.FirstOrDefault()) is { } least && more > least,
            "Lt" => Number(actual) is { } less && Number(values.FirstOrDefault()) is { } most && less < most,
            _ => false,
        };
    }

    private bool Tolerates(Taint taint) => (_spec["tolerations"] as JsonArray ?? []).Any(one =>
        (Text(one?["effect"]) is not { Length: > 0 } effect || effect == taint.Effect)
        && (Text(one?["operator"]) == "Exists"
            ? Text(one?["key"]) is not { Length: > 0 } any || any == taint.Key
            : Text(one?["key"]) == taint.Key && (Text(one?["value"]) ?? "") == (taint.Value ?? "")));

    private static string? LabelOf(Node node, string label) => node.Metadata.Labels?.GetValueOrDefault(label);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
