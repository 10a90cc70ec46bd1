using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>Every field that a Kubernetes 1.21 server published for the kinds of users, status aside. Of kinds that are not in the list nothing is known, and nothing refused.</summary>
internal static class KnownFields
{
    private static readonly Lazy<Dictionary<string, Level>> Kinds = new(Read);

    /// <summary>Members of an object that its kind does not have, by path.</summary>
    public static IEnumerable<string> Unknown(ApiKind kind, JsonObject body)
    {
        string group = kind.Group.Length == 0 ? "core" : kind.Group.Split('.')[0];
        return Kinds.Value.TryGetValue($"{kind.Kind}@{group}.{kind.Version}", out Level? level) ? Walk(level, body, "", "") : [];
    }

    /// <summary>A copy without them: what is created or replaced loses them without a word.</summary>
    public static JsonObject Pruned(ApiKind kind, JsonObject body)
    {
        JsonObject copy = body.Copy();
        string group = kind.Group.Length == 0 ? "core" : kind.Group.Split('.')[0];
        if (Kinds.Value.TryGetValue($"{kind.Kind}@{group}.{kind.Version}", out Level? level))
        {
            JsonNode? status = copy["status"]?.DeepClone(), fields = copy.At("metadata.managedFields")?.DeepClone();
            Prune(level, copy);
            if (status is not null) copy["status"] = status;
            if (fields is not null) copy.Meta()["managedFields"] = fields;
        }
        return copy;
    }

    private static void Prune(Level level, JsonNode? node)
    {
        if (level.Inner.Count == 0) return;
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members.ToArray())
            {
                if ((level.Inner.GetValueOrDefault(name) ?? level.Inner.GetValueOrDefault("<name>")) is { } next) Prune(next, value);
                else members.Remove(name);
            }
        }
        else if (node is JsonArray items && level.Inner.GetValueOrDefault("[]") is { } each)
        {
            foreach (JsonNode? item in items) Prune(each, item);
        }
    }

    private static IEnumerable<string> Walk(Level level, JsonNode? node, string plain, string shown)
    {
        if (level.Inner.Count == 0) yield break;
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members)
                {
                    if (plain.Length == 0 && name == "status") continue;
                    if (level.Inner.GetValueOrDefault(name) is not { } next && (next = level.Inner.GetValueOrDefault("<name>")) is null)
                    {
                        yield return $"{shown}.{name}";
                        continue;
                    }
                    foreach (string inner in Walk(next, value, $"{plain}.{name}", $"{shown}.{name}")) yield return inner;
                }
                break;
            case JsonArray items when level.Inner.GetValueOrDefault("[]") is { } each:
                string[]? keys = FieldOwnership.KeysOf(plain.TrimStart('.'));
                foreach (JsonObject item in items.OfType<JsonObject>())
                {
                    string at = keys is null ? shown : $"{shown}[{string.Join(',', keys.Select(key => $"{key}={item[key]?.ToJsonString()}"))}]";
                    foreach (string inner in Walk(each, item, plain, at)) yield return inner;
                }
                break;
            default:
                break;
        }
    }

    private static Dictionary<string, Level> Read()
    {
        var kinds = new Dictionary<string, Level>(StringComparer.Ordinal);
        using Stream packed = typeof(KnownFields).Assembly.GetManifestResourceStream("kubernetes-1.21-paths.txt.br")!;
        using var lines = new StreamReader(new BrotliStream(packed, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            // Deployment@apps.v1.spec.template...: kind, group and version, then the path.
            string[] parts = line.Replace("[]", ".[]", StringComparison.Ordinal).Split('.');
            string kind = $"{parts[0]}.{parts[1]}";
            if (!kinds.TryGetValue(kind, out Level? level)) kinds[kind] = level = new Level();
            foreach (string part in parts[2..])
            {
                if (!level.Inner.TryGetValue(part, out Level? next)) level.Inner[part] = next = new Level();
                level = next;
            }
        }
        return kinds;
    }

    private sealed class Level
    {
        public Dictionary<string, Level> Inner { get; } = new(StringComparer.Ordinal);
    }
}
