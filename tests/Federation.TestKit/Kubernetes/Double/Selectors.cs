using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>Label and field selectors.</summary>
internal static partial class Selectors
{
    public static Func<JsonObject, bool> Labels(string? text)
    {
        if (string.IsNullOrEmpty(text)) return static _ => true;
        List<Func<JsonObject?, bool>> all = [];
        foreach (string part in Comma().Split(text).Select(static part => part.Trim()))
        {
            if (SetForm().Match(part) is { Success: true } set)
            {
                string key = set.Groups[1].Value;
                string[] values = [.. set.Groups[3].Value.Split(',').Select(static value => value.Trim())];
                bool wants = set.Groups[2].Value == "in";
                all.Add(labels => values.Contains((string?)labels?[key], StringComparer.Ordinal) == wants);
            }
            else if (EqualForm().Match(part) is { Success: true } equal)
            {
                (string key, string value) = (equal.Groups[1].Value, equal.Groups[3].Value);
                bool wants = equal.Groups[2].Value != "!=";
                all.Add(labels => ((string?)labels?[key] == value) == wants);
            }
            else if (ExistForm().Match(part) is { Success: true } exists)
            {
                string key = exists.Groups[2].Value;
                bool wants = exists.Groups[1].Length == 0;
                all.Add(labels => labels?.ContainsKey(key) == true == wants);
            }
            else
            {
                throw ApiFailure.BadRequest($"unable to parse requirement: {part}");
            }
        }
        return item => all.TrueForAll(one => one(item.At("metadata.labels") as JsonObject));
    }

    public static Func<JsonObject, bool> Fields(ApiKind kind, string? text)
    {
        if (string.IsNullOrEmpty(text)) return static _ => true;
        List<Func<JsonObject, bool>> all = [];
        foreach (string part in text.Split(','))
        {
            if (EqualForm().Match(part) is not { Success: true } equal) throw ApiFailure.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            string field = equal.Groups[1].Value, value = equal.Groups[3].Value;
            bool wants = equal.Groups[2].Value != "!=";
            bool known = field is "metadata.name" or "metadata.namespace"
                || (kind.Plural == "pods" && field is "spec.nodeName" or "status.phase" or "spec.restartPolicy" or "spec.schedulerName" or "spec.serviceAccountName" or "status.podIP" or "status.nominatedNodeName")
                || (kind.Plural == "events" && (field.StartsWith("involvedObject.", StringComparison.Ordinal) || field is "reason" or "type" or "source"))
                || (kind.Plural is "secrets" && field == "type") || (kind.Plural is "nodes" && field == "spec.unschedulable") || (kind.Plural == "namespaces" && field == "status.phase") || (kind.Plural == "jobs" && field == "status.successful");
            if (!known) throw ApiFailure.BadRequest($"Unable to find \"{(kind.Group.Length == 0 ? "" : kind.Group + "/")}{kind.Version}, Resource={kind.Plural}\" that match label selector \"\", field selector \"{text}\": field label not supported: {field}");
            all.Add(item => ((item.Text(field) ?? "") == value) == wants);
        }
        return item => all.TrueForAll(one => one(item));
    }

    /// <summary>The selector of a workload or a service, as an object.</summary>
    public static bool Matches(JsonObject? labels, JsonNode? selector)
    {
        if (selector is not JsonObject) return false;
        JsonObject wanted = selector["matchLabels"] as JsonObject ?? (selector["matchExpressions"] is null ? (JsonObject)selector : []);
        if (wanted.Any(pair => (string?)labels?[pair.Key] != (string?)pair.Value)) return false;
        return selector.Items("matchExpressions").All(one =>
        {
            string? value = (string?)labels?[one.Text("key")!];
            bool isIn = (one["values"] as JsonArray)?.Any(item => (string?)item == value) == true;
            return one.Text("operator") switch { "In" => isIn, "NotIn" => !isIn, "Exists" => value is not null, _ => value is null };
        });
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$")]
    private static partial Regex SetForm();

    [GeneratedRegex(@"^([\w./-]+)\s*(==|=|!=)\s*([\w./-]*)$")]
    private static partial Regex EqualForm();

    [GeneratedRegex(@"^(!?)\s*([\w./-]+)$")]
    private static partial Regex ExistForm();
}
