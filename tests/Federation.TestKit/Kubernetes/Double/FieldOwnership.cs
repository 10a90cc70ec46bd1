using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>
/// Who owns which field, and server-side apply on it: fields as paths, lists of objects by their keys, other lists as a whole. The paths are written as
/// managedFields have them (<c>f:name</c>, <c>k:{...}</c>, <c>v:...</c>, <c>.</c>).
/// </summary>
internal static class FieldOwnership
{
    private static readonly Dictionary<string, string[]> ListKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["imagePullSecrets"] = ["name"],
        ["secrets"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["conditions"] = ["type"],
        ["ownerReferences"] = ["uid"],
        ["topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
    };

    // What is an object or a map by its shape, and one value to apply.
    private static readonly HashSet<string> AtomicObjects = ["selector", "fieldRef", "resourceFieldRef", "podSelector", "namespaceSelector", "nodeSelectorTerms", "roleRef"];

    // Never owned by an applier: who it is, or the server's.
    private static readonly string[] Unowned = ["f:apiVersion", "f:kind", "f:status"];
    private static readonly string[] UnownedMetadata = ["f:name", "f:namespace", "f:uid", "f:resourceVersion", "f:creationTimestamp", "f:generation", "f:managedFields", "f:selfLink", "f:deletionTimestamp", "f:deletionGracePeriodSeconds", "f:generateName"];

    /// <summary>The keys of a list's items; null if it is one value.</summary>
    public static string[]? KeysOf(string path)
    {
        string name = path[(path.LastIndexOf('.') + 1)..];
        if (name == "ports") return path == "spec.ports" ? ["port", "protocol"] : path.Contains("ontainers", StringComparison.Ordinal) ? ["containerPort", "protocol"] : null;
        if (name is "secrets" && path != "secrets") return null;
        return ListKeys.GetValueOrDefault(name);
    }

    /// <summary>The fields of an object that somebody may own.</summary>
    public static JsonObject FieldsOf(JsonObject item)
    {
        JsonObject fields = Fields(item, "") ?? [];
        foreach (string name in Unowned) fields.Remove(name);
        if (fields["f:metadata"] is JsonObject metadata)
        {
            foreach (string name in UnownedMetadata) metadata.Remove(name);
            if (metadata.Count == 0) fields.Remove("f:metadata");
        }
        return fields;
    }

    /// <summary>Applies a body to an object; the result has it in place, and managedFields as they are then.</summary>
    /// <exception cref="ApiFailure">Others own fields that it would change.</exception>
    public static JsonObject Apply(JsonObject? live, JsonObject body, string manager, string apiVersion, bool force, string now)
    {
        JsonObject wanted = FieldsOf(body);
        List<JsonObject> managers = live is null ? [] : [.. live.Items("metadata.managedFields").Select(static entry => entry.Copy())];
        JsonObject? own = managers.FirstOrDefault(entry => entry.Text("manager") == manager && entry.Text("operation") == "Apply");
        JsonObject result = live is null ? [] : live.Copy();
        if (live is not null)
        {
            List<(string Field, JsonObject Owner)> conflicts = [];
            foreach (JsonObject other in managers.Where(entry => entry != own))
                foreach (string[] path in Leaves((JsonObject)other["fieldsV1"]!).Where(path => Has(wanted, path)))
                    if (!Json.Same(ValueAt(live, path), ValueAt(body, path))) conflicts.Add((Display(path), other));
            if (conflicts.Count > 0 && !force) throw Conflict(conflicts);
            foreach (JsonObject other in managers.Where(entry => entry != own).ToArray())
            {
                var theirs = (JsonObject)other["fieldsV1"]!;
                foreach (string[] path in Leaves(theirs).Where(path => Has(wanted, path) && !Json.Same(ValueAt(live, path), ValueAt(body, path))).ToArray()) Take(theirs, path);
                if (theirs.Count == 0) managers.Remove(other);
            }
            if (own?["fieldsV1"] is JsonObject before)
            {
                // An item goes as a whole, before its fields, for by them it is found.
                List<string[]> gone = [];
                foreach (string[] path in Leaves(before, withItems: true).Where(path => !Has(wanted, path)).OrderBy(static path => path.Length).ToArray())
                {
                    if (gone.Exists(whole => path.Length > whole.Length && path[..whole.Length].SequenceEqual(whole))) continue;
                    if (managers.Where(entry => entry != own).Any(entry => Has((JsonObject)entry["fieldsV1"]!, path))) continue;
                    RemoveAt(result, path);
                    gone.Add(path);
                }
            }
        }
        Merge(result, body, "");
        if (own is null)
        {
            own = new JsonObject { ["manager"] = manager, ["operation"] = "Apply", ["apiVersion"] = apiVersion, ["time"] = now, ["fieldsType"] = "FieldsV1", ["fieldsV1"] = new JsonObject() };
            managers.Add(own);
        }
        if (!Json.Same(own["fieldsV1"], wanted)) own["time"] = now;
        own["fieldsV1"] = wanted;
        own["apiVersion"] = apiVersion;
        result.Meta()["managedFields"] = new JsonArray([.. managers.Where(static entry => entry["fieldsV1"] is JsonObject { Count: > 0 })]);
        return result;
    }

    /// <summary>Writes down who changed what, after a write that is no apply.</summary>
    public static void Record(JsonObject? before, JsonObject after, string manager, string apiVersion, string now, bool ofStatus = false)
    {
        JsonObject old = before is null ? [] : ofStatus ? StatusOf(before) : FieldsOf(before), fields = ofStatus ? StatusOf(after) : FieldsOf(after);
        List<JsonObject> managers = before is null ? [] : [.. before.Items("metadata.managedFields").Select(static entry => entry.Copy())];
        string[][] changed = [.. Leaves(fields).Where(path => before is null || !Has(old, path) || !Json.Same(ValueAt(before, path), ValueAt(after, path)))];
        string[][] gone = [.. Leaves(old).Where(path => !Has(fields, path))];
        foreach (JsonObject entry in managers)
            foreach (string[] path in changed.Concat(gone)) Take((JsonObject)entry["fieldsV1"]!, path);
        if (changed.Length > 0)
        {
            JsonObject? own = managers.FirstOrDefault(entry => entry.Text("manager") == manager && entry.Text("operation") == "Update" && entry.Text("apiVersion") == apiVersion);
            if (own is null)
            {
                own = new JsonObject { ["manager"] = manager, ["operation"] = "Update", ["apiVersion"] = apiVersion, ["time"] = now, ["fieldsType"] = "FieldsV1", ["fieldsV1"] = new JsonObject() };
                managers.Add(own);
            }
            own["time"] = now;
            foreach (string[] path in changed) Give((JsonObject)own["fieldsV1"]!, path);
        }
        managers.RemoveAll(static entry => entry["fieldsV1"] is not JsonObject { Count: > 0 });
        if (managers.Count > 0) after.Meta()["managedFields"] = new JsonArray([.. managers]);
        else after.Meta().Remove("managedFields");
    }

    /// <summary>Lists with two items of one key, which an apply cannot tell apart.</summary>
    public static string? Duplicate(JsonNode? node, string path, string display)
    {
        if (node is JsonObject members)
            return members.Select(member => Duplicate(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}", $"{display}.{member.Key}")).FirstOrDefault(static found => found is not null);
        if (node is not JsonArray items || KeysOf(path) is not { } keys) return null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonObject item in items.OfType<JsonObject>())
        {
            string key = string.Join(',', keys.Select(name => $"{name}={(KeyValue(item, name) is { } value ? value.ToJsonString() : "null")}"));
            if (!seen.Add(key)) return $"{display}: duplicate entries for key [{key}]";
            if (Duplicate(item, path, $"{display}[{key}]") is { } inner) return inner;
        }
        return null;
    }

    private static JsonObject StatusOf(JsonObject item) => item["status"] is JsonObject status ? new JsonObject { ["f:status"] = Fields(status, "status") ?? [] } : [];

    // Null for one value.
    private static JsonObject? Fields(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject members when path.Length == 0 || (members.Count > 0 && !AtomicObjects.Contains(path[(path.LastIndexOf('.') + 1)..]) || path == "spec.selector" && members["matchLabels"] is null && members["matchExpressions"] is null && members.Count > 0):
                var fields = new JsonObject();
                foreach ((string name, JsonNode? value) in members) fields["f:" + name] = Fields(value, path.Length == 0 ? name : $"{path}.{name}") ?? [];
                return fields;
            case JsonArray items when items.Count > 0 && path == "metadata.finalizers":
                return new JsonObject(items.Select(static item => KeyValuePair.Create("v:" + item!.ToJsonString(), (JsonNode?)new JsonObject())));
            case JsonArray items when items.Count > 0 && KeysOf(path) is { } keys:
                var keyed = new JsonObject();
                foreach (JsonObject item in items.OfType<JsonObject>())
                {
                    var inner = new JsonObject { ["."] = new JsonObject() };
                    foreach ((string name, JsonNode? value) in item) inner["f:" + name] = Fields(value, $"{path}.{name}") ?? [];
                    keyed[KeyOf(item, keys)] = inner;
                }
                return keyed;
            default:
                return null;
        }
    }

    private static string KeyOf(JsonObject item, string[] keys) => "k:" + new JsonObject(keys.Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, KeyValue(item, key)?.DeepClone()))).ToJsonString(Compact);

    private static readonly JsonSerializerOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? KeyValue(JsonObject item, string key) => item[key] ?? (key == "protocol" ? JsonValue.Create("TCP") : null);

    private static void Merge(JsonObject into, JsonObject from, string path)
    {
        foreach ((string name, JsonNode? value) in from)
        {
            string at = path.Length == 0 ? name : $"{path}.{name}";
            if (path.Length == 0 && name == "status") continue;
            bool isAtomic = AtomicObjects.Contains(name) && !(at == "spec.selector" && value is JsonObject plain && plain["matchLabels"] is null && plain["matchExpressions"] is null);
            switch (value)
            {
                case JsonObject members when into[name] is JsonObject there && !isAtomic:
                    Merge(there, members, at);
                    break;
                case JsonArray items when items.Count > 0 && into[name] is JsonArray there && KeysOf(at) is { } keys:
                    foreach (JsonObject item in items.OfType<JsonObject>())
                    {
                        if (there.OfType<JsonObject>().FirstOrDefault(other => KeyOf(other, keys) == KeyOf(item, keys)) is { } same) Merge(same, item, at);
                        else there.Add(item.Copy());
                    }
                    break;
                case JsonArray items when at == "metadata.finalizers" && into[name] is JsonArray there:
                    foreach (JsonNode? item in items)
                        if (!there.Any(other => Json.Same(other, item))) there.Add(item!.DeepClone());
                    break;
                default:
                    into[name] = value?.DeepClone();
                    break;
            }
        }
    }

    private static IEnumerable<string[]> Leaves(JsonObject fields, bool withItems = false, string[]? at = null)
    {
        foreach ((string name, JsonNode? inner) in fields)
        {
            string[] path = [.. at ?? [], name];
            if (name == ".")
            {
                if (withItems && at is not null) yield return at;
            }
            else if (inner is JsonObject { Count: > 0 } more)
            {
                foreach (string[] leaf in Leaves(more, withItems, path)) yield return leaf;
            }
            else
            {
                yield return path;
            }
        }
    }

    private static bool Has(JsonObject fields, string[] path)
    {
        JsonNode? node = fields;
        foreach (string part in path)
        {
            node = (node as JsonObject)?[part];
            if (node is null) return false;
        }
        return true;
    }

    private static void Give(JsonObject fields, string[] path)
    {
        JsonObject at = fields;
        foreach (string part in path)
        {
            at = at.Child(part);
            if (part.StartsWith("k:", StringComparison.Ordinal)) at.Child(".");
        }
    }

    private static void Take(JsonObject fields, string[] path)
    {
        if (path.Length == 1)
        {
            fields.Remove(path[0]);
            return;
        }
        if (fields[path[0]] is not JsonObject inner) return;
        Take(inner, path[1..]);
        if (inner.Count == 0 || (inner.Count == 1 && inner.ContainsKey("."))) fields.Remove(path[0]);
    }

    private static JsonNode? ValueAt(JsonNode? node, string[] path)
    {
        string where = "";
        foreach (string part in path)
        {
            node = Step(node, part, ref where);
            if (node is null) return null;
        }
        return node;
    }

    private static JsonNode? Step(JsonNode? node, string part, ref string where)
    {
        if (part.StartsWith("f:", StringComparison.Ordinal))
        {
            where = where.Length == 0 ? part[2..] : $"{where}.{part[2..]}";
            return (node as JsonObject)?[part[2..]];
        }
        if (part.StartsWith("v:", StringComparison.Ordinal)) return (node as JsonArray)?.FirstOrDefault(item => "v:" + item!.ToJsonString() == part);
        string[]? keys = KeysOf(where);
        return keys is null ? null : (node as JsonArray)?.OfType<JsonObject>().FirstOrDefault(item => KeyOf(item, keys) == part);
    }

    private static void RemoveAt(JsonObject item, string[] path)
    {
        string where = "";
        JsonNode? node = item;
        foreach (string part in path[..^1]) node = Step(node, part, ref where);
        string last = path[^1];
        if (last.StartsWith("f:", StringComparison.Ordinal)) (node as JsonObject)?.Remove(last[2..]);
        else if (node is JsonArray list && Step(node, last, ref where) is { } found) list.Remove(found);
        // What is left empty goes with it, up to where something is.
        if (path.Length > 1 && node is JsonObject { Count: 0 } or JsonArray { Count: 0 } && path[^2] is not ("f:metadata" or "f:spec")) RemoveAt(item, path[..^1]);
    }

    private static ApiFailure Conflict(List<(string Field, JsonObject Owner)> conflicts)
    {
        JsonObject[] causes =
        [
            .. conflicts.OrderBy(static conflict => conflict.Owner.Text("manager"), StringComparer.Ordinal).ThenBy(static conflict => conflict.Field, StringComparer.Ordinal).Select(static conflict => new JsonObject
            {
                ["reason"] = "FieldManagerConflict",
                ["message"] = $"conflict with \"{conflict.Owner.Text("manager")}\"{(conflict.Owner.Text("operation") == "Update" ? $" using {conflict.Owner.Text("apiVersion")}" : "")}",
                ["field"] = conflict.Field,
            }),
        ];
        string message = causes.Length == 1
            ? $"Apply failed with 1 conflict: {causes[0].Text("message")}: {causes[0].Text("field")}"
            : string.Create(CultureInfo.InvariantCulture, $"Apply failed with {causes.Length} conflicts: ") + string.Join('\n', causes.GroupBy(static cause => cause.Text("message")).Select(static group => $"{group.Key!.Replace("conflict ", "conflicts ", StringComparison.Ordinal)}:\n- {string.Join("\n- ", group.Select(static cause => cause.Text("field")))}"));
        return ApiFailure.Of(409, "Conflict", message, new JsonObject { ["causes"] = new JsonArray([.. causes]) });
    }

    private static string Display(string[] path) => string.Concat(path.Select(static part => part switch
    {
        ['f', ':', .. var name] => "." + name,
        ['k', ':', .. var key] => $"[{string.Join(',', ((JsonObject)JsonNode.Parse(key)!).Select(static pair => $"{pair.Key}={pair.Value!.ToJsonString()}"))}]",
        ['v', ':', .. var value] => $"[={value}]",
        _ => "",
    }));
}
