using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// Lays into an object what a manifest says that only Kubernetes knows. What the neutral template says stays as it is: mappings are joined, some lists are added to, and
/// what would take the place of anything else is refused, with its path. Names, namespaces, selectors, numbers, owners and marks are the plane's alone. Pure.
/// </summary>
internal static class CarriedFields
{
    // Lists that are added to, and by what their items are told apart.
    private static readonly Dictionary<string, string> Added = new(StringComparer.Ordinal)
    {
        ["pod.spec.containers"] = "name",
        ["pod.spec.initContainers"] = "name",
        ["pod.spec.volumes"] = "name",
        ["container.env"] = "name",
        ["container.envFrom"] = "",
        ["container.volumeMounts"] = "mountPath",
    };

    // What we say where nobody has said anything.
    private static readonly string[] Unsaid =
    [
        "container.name", "container.imagePullPolicy", "container.terminationMessagePolicy", "pod.spec.automountServiceAccountToken", "pod.spec.enableServiceLinks", "pod.spec.dnsPolicy",
        "object.spec.serviceName", "object.spec.podManagementPolicy",
    ];

    // What the plane says of the object that makes pods: who it is, which pods, how many, and when they are replaced.
    private static readonly string[] OfThePlane = ["selector", "replicas", "template", "strategy", "updateStrategy", "paused", "revisionHistoryLimit", "progressDeadlineSeconds", "minReadySeconds", "jobTemplate"];

    private const string Retention = "object.spec.persistentVolumeClaimRetentionPolicy";

    // What leads to a ConfigMap or a Secret by a name beside it.
    private static readonly string[] ToConfigs = ["configMapRef", "configMapKeyRef", "configMap"];
    private static readonly string[] ToSecrets = ["secretRef", "secretKeyRef", "secret"];

    private static readonly string[] Handlers = ["exec", "httpGet", "tcpSocket", "grpc"];

    /// <summary>All that is carried, needed or not, in the order of paths.</summary>
    public static IEnumerable<(string Path, string Text)> Of(WorkloadTemplate template) =>
        template.Container?.Kubernetes is not { } fields
            ? []
            : (fields.Needed ?? new Dictionary<string, string>()).Concat(fields.Extra ?? new Dictionary<string, string>()).OrderBy(static field => field.Key, StringComparer.Ordinal).Select(static field => (field.Key, field.Value));

    /// <summary>A value; null where it is no JSON, or the JSON null.</summary>
    public static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Lays them in; the rule that refuses, or null.</summary>
    /// <param name="template">Carries them.</param>
    /// <param name="body">The object that makes the pods.</param>
    /// <param name="pod">The template of its pods, inside.</param>
    /// <param name="job">The job, inside or the object itself; null if it is none.</param>
    /// <param name="material">What is named by them.</param>
    public static string? Lay(WorkloadTemplate template, JsonObject body, JsonObject pod, JsonObject? job, MaterialForm material)
    {
        var main = (JsonObject)pod["spec"]!["containers"]![0]!;
        bool isJob = (string?)body["kind"] == ApiResource.Jobs.Kind, account = false, tokens = false;
        foreach ((string path, string text) in Of(template))
        {
            string part = path[..path.IndexOf('.', StringComparison.Ordinal)];
            if (part is "services" or "claims" or "policies" || (isJob && JobForm.IsCarriedOut(path))) continue;
            if (ValueOf(text) is not { } value) return Refusal(path, "its value is no JSON, or null, which an apply cannot say");
            JsonObject? into = part switch { "object" => body, "job" => job, "pod" => pod, "container" => main, _ => null };
            if (into is null) return Refusal(path, part == "job" ? $"a {body["kind"]} has no job" : $"it begins with none of {string.Join(", ", KubernetesFields.Parts)}");
            string[] steps = path[(part.Length + 1)..].Split('.');
            if (Reserved(part, steps) is { } why) return Refusal(path, why);
            if (path.StartsWith(Retention, StringComparison.Ordinal) && value.ToJsonString().Contains("\"Delete\"", StringComparison.Ordinal)) return Refusal(path, "volumes stay until a person deletes them; write Retain");
            Rename(value, material);
            if (LayAt(path, into, steps, value) is { } refused) return Refusal(path, refused);
            account |= path is "pod.spec.serviceAccountName" or "pod.spec.serviceAccount";
            tokens |= path == "pod.spec.automountServiceAccountToken";
            if (part == "container" && steps[0] == "readinessProbe") OneHandler(main, steps, value);
        }
        // Who names an account wants its rights: without a word of it, its token is there.
        if (account && !tokens) ((JsonObject)pod["spec"]!).Remove("automountServiceAccountToken");
        return null;
    }

    /// <summary>Lays into a pod's specification those that tell nodes apart; one that <see cref="Lay"/> refuses counts as not said.</summary>
    public static void LayNodeTerms(WorkloadTemplate template, JsonObject spec)
    {
        foreach ((string path, string text) in Of(template))
        {
            string[] steps = path.Split('.');
            if (steps is ["pod", "spec", { } about, ..] && Name(about) is "nodeSelector" or "affinity" or "tolerations" or "nodeName" && ValueOf(text) is { } value) LayAt(path, spec, steps[2..], value);
        }
    }

    private static string Refusal(string path, string why) => $"container.kubernetes has {path}: {why}";

    // Who an object is, and which pods it has, is not for a manifest to say.
    private static string? Reserved(string part, string[] steps)
    {
        if (part is "object" or "job")
        {
            if (part == "job" && steps is ["metadata", "labels" or "annotations", ..]) return null;
            if (steps[0] != "spec" || steps.Length < 2) return "only fields below spec are free: who an object is, the plane alone says";
            return OfThePlane.Contains(Name(steps[1]), StringComparer.Ordinal) ? $"spec.{steps[1]} is for the plane alone to say" : null;
        }
        if (part != "pod") return steps[0].Length == 0 ? "it names no field" : null;
        return steps[0] switch
        {
            "spec" when steps.Length >= 2 => null,
            "metadata" when steps.Length >= 2 && Name(steps[1]) is "labels" or "annotations" or "finalizers" => null,
            _ => "only fields below spec, and labels, annotations and finalizers are free: who a pod is, the plane alone says",
        };
    }

    private static string? LayAt(string path, JsonObject into, string[] steps, JsonNode value)
    {
        JsonObject at = into;
        for (int i = 0; i < steps.Length - 1; i++)
        {
            if (steps[i].Length == 0 || steps[i].Contains('[', StringComparison.Ordinal)) return "a path goes through members of mappings, each by its name";
            if (at[steps[i]] is null) at[steps[i]] = new JsonObject();
            if (at[steps[i]] is not JsonObject next) return $"{steps[i]} is no mapping";
            at = next;
        }
        string last = steps[^1];
        // An item of a list is added to it.
        if (last.EndsWith(']') && last.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket)
        {
            last = last[..bracket];
            if (at[last] is null) at[last] = new JsonArray();
            if (at[last] is not JsonArray items) return $"{last} is no list";
            items.Add(value.DeepClone());
            return null;
        }
        return last.Length == 0 ? "it names no field" : Join(path, at, last, value);
    }

    // A mapping is joined, whatever else must not be there yet.
    private static string? Join(string path, JsonObject at, string member, JsonNode value)
    {
        if (IsOfMetadata(path) && (KubernetesLabels.IsOurs(member) ? member : (value as JsonObject)?.FirstOrDefault(static note => KubernetesLabels.IsOurs(note.Key)).Key) is { } mark)
            return $"{mark} is a mark of the plane's own";
        if (at[member] is not { } there)
        {
            at[member] = value.DeepClone();
            return null;
        }
        if (there is JsonObject && value is JsonObject members)
        {
            foreach ((string name, JsonNode? inner) in members)
                if (inner is not null && Join($"{path}.{name}", (JsonObject)there, name, inner) is { } refused) return refused;
            return null;
        }
        if (JsonNode.DeepEquals(there, value)) return null;
        if (there is JsonArray list && value is JsonArray more && Added.TryGetValue(path, out string? key)) return Append(list, more, key, path == "container.env");
        if (!Unsaid.Contains(path, StringComparer.Ordinal)) return $"the template says {member} itself";
        at[member] = value.DeepClone();
        return null;
    }

    private static string? Append(JsonArray list, JsonArray more, string key, bool replaces)
    {
        foreach (JsonNode? item in more)
        {
            if (item is not JsonObject added) return "an item is no mapping";
            if (key.Length > 0)
            {
                if ((string?)(added[key] as JsonValue) is not { Length: > 0 } name) return $"an item has no {key}";
                JsonNode? twin = list.FirstOrDefault(one => (string?)(one as JsonObject)?[key] == name);
                if (twin is not null && !replaces) return $"the {key} {name} is taken";
                if (twin is not null) list.Remove(twin);
                // A value is filled in from variables that stand before it alone.
                if (replaces && list.Any(one => (string?)(one as JsonObject)?["value"] is { } text && text.Contains($"$({name})", StringComparison.Ordinal)))
                {
                    list.Insert(0, added.DeepClone());
                    continue;
                }
            }
            list.Add(added.DeepClone());
        }
        return null;
    }

    private static bool IsOfMetadata(string path) => path.StartsWith("pod.metadata.", StringComparison.Ordinal) || path.StartsWith("job.metadata.", StringComparison.Ordinal);

    // A probe has one way to ask: what is carried is more than what stands in for it elsewhere.
    private static void OneHandler(JsonObject main, string[] steps, JsonNode value)
    {
        if (main["readinessProbe"] is not JsonObject probe) return;
        string[] asked = steps.Length > 1 ? [steps[1]] : value is JsonObject whole ? [.. whole.Select(static member => member.Key)] : [];
        if (asked.FirstOrDefault(Handlers.Contains) is not { } handler) return;
        foreach (string other in Handlers)
            if (other != handler) probe.Remove(other);
    }

    // What is named inside is told by the names that it has in the cluster.
    private static void Rename(JsonNode? value, MaterialForm material)
    {
        if (value is JsonArray list)
        {
            foreach (JsonNode? item in list) Rename(item, material);
        }
        if (value is not JsonObject map) return;
        foreach ((string key, JsonNode? inner) in map.ToArray())
        {
            bool config = ToConfigs.Contains(key, StringComparer.Ordinal), secret = ToSecrets.Contains(key, StringComparer.Ordinal);
            if (key == "secretName" && inner is JsonValue) map[key] = NameOf(material, true, inner);
            else if ((config || secret) && inner is JsonObject reference && reference["name"] is JsonValue name) reference["name"] = NameOf(material, secret, name);
            else Rename(inner, material);
        }
    }

    private static JsonNode NameOf(MaterialForm material, bool secret, JsonNode name) => material.NameOf(secret, name.ToString()) is { } handed ? handed : name.DeepClone();

    private static string Name(string step) => step.IndexOf('[', StringComparison.Ordinal) is >= 0 and var bracket ? step[..bracket] : step;
}
