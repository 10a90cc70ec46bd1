using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>What the API server refuses of an object, with the fields and reasons that it gives.</summary>
internal static partial class Validation
{
    private const string LabelRule = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string SubdomainRule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

    public static void Check(ApiKind kind, JsonObject item, JsonObject? before)
    {
        List<Cause> wrong = [.. Metadata(kind, item)];
        wrong.AddRange(kind.Kind switch
        {
            "Pod" => before is null ? Pod(item["spec"] as JsonObject, "spec", null) : PodUpdate(item, before),
            "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" => Workload(kind, item, before),
            "Job" => Job(item, before),
            "Service" => Service(item, before),
            "ConfigMap" => Settings(item, before, "[]"),
            "Secret" => Settings(item, before, "data"),
            "PersistentVolumeClaim" => Claim(item, before),
            "RoleBinding" or "ClusterRoleBinding" => before is not null && !Json.Same(before["roleRef"], item["roleRef"]) ? [Cause.Invalid("roleRef", Go(item["roleRef"]), "cannot change roleRef")] : [],
            _ => [],
        });
        if (wrong.Count > 0) throw ApiFailure.Invalid(kind.Kind, kind.Group, item.Name(), wrong);
    }

    public static IEnumerable<Cause> Name(ApiKind kind, string name)
    {
        bool isLabel = kind.Plural is "namespaces" or "services";
        if (isLabel && name.Length > 63) yield return Cause.Invalid("metadata.name", $"\"{name}\"", "must be no more than 63 characters");
        else if (name.Length > 253) yield return Cause.Invalid("metadata.name", $"\"{name}\"", "must be no more than 253 characters");
        if (kind.Group != "rbac.authorization.k8s.io" && !(isLabel ? LabelForm() : SubdomainForm()).IsMatch(name)) yield return Cause.Invalid("metadata.name", $"\"{name}\"", isLabel ? LabelRule : SubdomainRule);
    }

    private static IEnumerable<Cause> Metadata(ApiKind kind, JsonObject item)
    {
        foreach (Cause cause in Name(kind, item.Name())) yield return cause;
        long bytes = 0;
        foreach ((string name, JsonNode? value) in item.At("metadata.annotations") as JsonObject ?? []) bytes += name.Length + ((string?)value ?? "").Length;
        if (bytes > 256 * 1024) yield return Cause.TooLong("metadata.annotations", 256 * 1024);
        foreach ((string name, JsonNode? value) in item.At("metadata.labels") as JsonObject ?? [])
        {
            string key = name[(name.IndexOf('/') + 1)..];
            if (!LabelValue().IsMatch(key) || key.Length is 0 or > 63)
                yield return Cause.Invalid("metadata.labels", $"\"{name}\"", "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
            string text = (string?)value ?? "";
            if (text.Length > 63) yield return Cause.Invalid("metadata.labels", $"\"{text}\"", "must be no more than 63 characters");
            if (text.Length > 0 && !LabelValue().IsMatch(text)) yield return Cause.Invalid("metadata.labels", $"\"{text}\"", "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
        }
    }

    private static IEnumerable<Cause> Workload(ApiKind kind, JsonObject item, JsonObject? before)
    {
        JsonObject spec = item["spec"] as JsonObject ?? [];
        if (before is not null && kind.Kind == "StatefulSet" && !Json.Same(Without(spec), Without((JsonObject)before["spec"]!)))
            yield return Cause.Forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden");
        if (spec.Number("replicas") is { } negative and < 0) yield return Cause.Invalid("spec.replicas", negative.ToString(CultureInfo.InvariantCulture), "must be greater than or equal to 0");
        if (spec["selector"] is not JsonObject) yield return Cause.Required("spec.selector");
        var labels = spec.At("template.metadata.labels") as JsonObject;
        if (!Selectors.Matches(labels, spec["selector"] ?? new JsonObject { ["matchLabels"] = new JsonObject { ["\0"] = "\0" } }))
            yield return Cause.Invalid("spec.template.metadata.labels", Go(labels), "`selector` does not match template `labels`");
        string[] claims = [.. spec.Items("volumeClaimTemplates").Select(static claim => claim.Text("metadata.name") ?? "")];
        foreach (Cause cause in Pod(spec.At("template.spec") as JsonObject, "spec.template.spec", "Always", claims)) yield return cause;
        if (kind.Kind == "Deployment" && spec.Text("strategy.type") == "Recreate" && spec.At("strategy.rollingUpdate") is not null)
            yield return Cause.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        if (before is not null && kind.Kind != "StatefulSet" && !Json.Same(before.At("spec.selector"), spec["selector"]))
            yield return Cause.Invalid("spec.selector", Go(spec["selector"]), "field is immutable");

        static JsonObject Without(JsonObject spec)
        {
            JsonObject rest = spec.Copy();
            foreach (string name in new[] { "replicas", "template", "updateStrategy" }) rest.Remove(name);
            return rest;
        }
    }

    private static IEnumerable<Cause> Job(JsonObject item, JsonObject? before)
    {
        JsonObject spec = item["spec"] as JsonObject ?? [];
        foreach (Cause cause in Pod(spec.At("template.spec") as JsonObject, "spec.template.spec", null)) yield return cause;
        if (spec.Text("template.spec.restartPolicy") == "Always") yield return Cause.Unsupported("spec.template.spec.restartPolicy", "\"Always\"", "OnFailure", "Never");
        if (before is not null && !Json.Same(before.At("spec.template"), spec["template"])) yield return Cause.Invalid("spec.template", "core.PodTemplateSpec{...}", "field is immutable");
    }

    private static IEnumerable<Cause> Pod(JsonObject? spec, string at, string? restartPolicy, params string[] claims)
    {
        JsonObject[] containers = [.. spec.Items("containers")];
        if (containers.Length == 0) yield return Cause.Required($"{at}.containers");
        string[] volumes = [.. spec.Items("volumes").Select(static volume => volume.Text("name") ?? "").Concat(claims)];
        for (int i = 0; i < containers.Length; i++)
        {
            JsonObject container = containers[i];
            string here = string.Create(CultureInfo.InvariantCulture, $"{at}.containers[{i}]");
            if (container.Text("name") is not { Length: > 0 } name) yield return Cause.Required($"{here}.name");
            else if (!LabelForm().IsMatch(name)) yield return Cause.Invalid($"{here}.name", $"\"{name}\"", LabelRule);
            if (container.Text("image") is not { Length: > 0 }) yield return Cause.Required($"{here}.image");
            JsonObject[] ports = [.. container.Items("ports")];
            for (int p = 0; p < ports.Length; p++)
                if (ports[p].Number("containerPort") is not (> 0 and <= 65535) and var number)
                    yield return number is null ? Cause.Required(string.Create(CultureInfo.InvariantCulture, $"{here}.ports[{p}].containerPort")) : Cause.Invalid(string.Create(CultureInfo.InvariantCulture, $"{here}.ports[{p}].containerPort"), number.Value.ToString(CultureInfo.InvariantCulture), "must be between 1 and 65535, inclusive");
            JsonObject[] variables = [.. container.Items("env")];
            for (int v = 0; v < variables.Length; v++)
                if (!VariableForm().IsMatch(variables[v].Text("name") ?? ""))
                    yield return Cause.Invalid(string.Create(CultureInfo.InvariantCulture, $"{here}.env[{v}].name"), $"\"{variables[v].Text("name")}\"", "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')");
            JsonObject[] mounts = [.. container.Items("volumeMounts")];
            for (int m = 0; m < mounts.Length; m++)
                if (!volumes.Contains(mounts[m].Text("name"), StringComparer.Ordinal)) yield return new Cause("FieldValueNotFound", string.Create(CultureInfo.InvariantCulture, $"{here}.volumeMounts[{m}].name"), $"Not found: \"{mounts[m].Text("name")}\"");
            foreach ((string resource, JsonNode? value) in container.At("resources.requests") as JsonObject ?? [])
                if (container.At("resources.limits") is JsonObject limits && limits[resource] is { } limit && Quantities.Of(value) > Quantities.Of(limit))
                    yield return Cause.Invalid($"{here}.resources.requests", $"\"{value}\"", $"must be less than or equal to {resource} limit");
        }
        if (restartPolicy is not null && spec.Text("restartPolicy") is { } policy && policy != restartPolicy) yield return Cause.Unsupported($"{at}.restartPolicy", $"\"{policy}\"", restartPolicy);
    }

    private static IEnumerable<Cause> PodUpdate(JsonObject item, JsonObject before)
    {
        JsonObject now = Frozen(item), then = Frozen(before);
        if (!Json.Same(now, then))
            yield return Cause.Forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)");

        static JsonObject Frozen(JsonObject pod)
        {
            JsonObject spec = ((JsonObject)pod["spec"]!).Copy();
            foreach (JsonObject container in spec.Items("containers").Concat(spec.Items("initContainers"))) container.Remove("image");
            foreach (string name in new[] { "activeDeadlineSeconds", "tolerations", "nodeName" }) spec.Remove(name);
            return spec;
        }
    }

    private static IEnumerable<Cause> Service(JsonObject item, JsonObject? before)
    {
        JsonObject spec = item["spec"] as JsonObject ?? [];
        JsonObject[] ports = [.. spec.Items("ports")];
        if (ports.Length == 0 && spec.Text("clusterIP") != "None" && spec.Text("type") != "ExternalName") yield return Cause.Required("spec.ports");
        for (int i = 0; i < ports.Length; i++)
            if (ports[i].Number("nodePort") is { } port and (< 30000 or > 32767))
                yield return Cause.Invalid(string.Create(CultureInfo.InvariantCulture, $"spec.ports[{i}].nodePort"), port.ToString(CultureInfo.InvariantCulture), "provided port is not in the valid range. The range of valid ports is 30000-32767");
        if (before is not null && before.Text("spec.clusterIP") is { Length: > 0 } had && spec.Text("clusterIP") != had)
            yield return Cause.Invalid("spec.clusterIPs[0]", $"[]string{{\"{spec.Text("clusterIP")}\"}}", "may not change once set");
    }

    private static IEnumerable<Cause> Settings(JsonObject item, JsonObject? before, string field)
    {
        long bytes = (item["data"] as JsonObject ?? []).Sum(pair => (long)((string?)pair.Value ?? "").Length * (field == "data" ? 3 : 4) / 4) + (item["binaryData"] as JsonObject ?? []).Sum(static pair => (long)((string?)pair.Value ?? "").Length * 3 / 4);
        if (bytes > 1024 * 1024) yield return Cause.TooLong(field, 1024 * 1024);
        if (before is null) yield break;
        if (field == "data" && !Json.Same(before["type"], item["type"])) yield return Cause.Invalid("type", $"\"{item.Text("type")}\"", "field is immutable");
        if (!before.Flag("immutable")) yield break;
        if (!item.Flag("immutable")) yield return Cause.Forbidden("immutable", "field is immutable when `immutable` is set");
        if (!Json.Same(before["data"], item["data"])) yield return Cause.Forbidden("data", "field is immutable when `immutable` is set");
        if (!Json.Same(before["binaryData"], item["binaryData"])) yield return Cause.Forbidden("binaryData", "field is immutable when `immutable` is set");
    }

    private static IEnumerable<Cause> Claim(JsonObject item, JsonObject? before)
    {
        if (before is not null && !Json.Same(before["spec"], item["spec"])) yield return Cause.Forbidden("spec", "spec is immutable after creation except resources.requests for bound claims");
    }

    // As Go prints a map of strings.
    private static string Go(JsonNode? node) => $"map[string]string{{{string.Join(", ", (node as JsonObject ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"\"{pair.Key}\":{pair.Value?.ToJsonString()}"))}}}";

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelForm();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainForm();

    [GeneratedRegex("^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")]
    private static partial Regex LabelValue();

    [GeneratedRegex("^[-._a-zA-Z][-._a-zA-Z0-9]*$")]
    private static partial Regex VariableForm();
}

/// <summary>Quantities, as far as a scheduler and a validation need them.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("m", 0.001m), ("k", 1000m), ("M", 1000_000m), ("G", 1000_000_000m), ("T", 1000_000_000_000m),
    ];

    public static decimal Of(JsonNode? node)
    {
        string text = node?.ToString() ?? "0";
        foreach ((string suffix, decimal factor) in Suffixes)
            if (text.EndsWith(suffix, StringComparison.Ordinal) && decimal.TryParse(text[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)) return number * factor;
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal plain) ? plain : throw ApiFailure.BadRequest($"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': {text}");
    }
}
