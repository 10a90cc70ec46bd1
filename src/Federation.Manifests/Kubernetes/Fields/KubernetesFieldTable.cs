namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>The fields of Kubernetes manifests, and what becomes of each, by kind.</summary>
public static class KubernetesFieldTable
{
    private const string OfPods = "PodObject";

    private static readonly string[] Shared = ["Named", "Object", "Unmade", "Beside", "Selector", "Probe", "Claim", "PodMetadata", "Container", "Pod", "Matching", "JobSpec"];
    private static readonly Dictionary<string, string[]> Sections = ReadSections();

    /// <summary>The kinds that are read, in the order of the table.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Sections.Keys.Where(static name => !Shared.Contains(name)).Select(static name => name == OfPods ? "Pod" : name)];

    /// <summary>Every field of every kind.</summary>
    public static IReadOnlyList<KubernetesField> All { get; } = [.. Kinds.SelectMany(static kind => Expand(kind, kind == "Pod" ? OfPods : kind, ""))];

    private static readonly Dictionary<string, FieldNode> Roots = All.GroupBy(static field => field.Kind).ToDictionary(static group => group.Key, static group => FieldNode.Of(group));

    /// <summary>The root of a kind's fields as a tree.</summary>
    internal static FieldNode Root(string kind) => Roots[kind];

    /// <summary>The field of a path in the form of <see cref="KubernetesField.Path"/>; null where there is none.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="path">The path.</param>
    public static KubernetesField? Find(string kind, string path)
    {
        if (!Roots.TryGetValue(kind, out FieldNode? node)) return null;
        KubernetesField? above = null;
        foreach (string part in FieldNode.Parts(path))
        {
            above = node.Open ?? above;
            if (node.IsFree) return node.Open;
            node = node.Child(part);
            if (node is null) return null;
        }
        return node.Field is { OfAbove: false } own ? own : node.Field is not null ? above : node.Open;
    }

    private static Dictionary<string, string[]> ReadSections()
    {
        var sections = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (string block in KubernetesTable.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            sections.Add(lines[0].Trim('[', ']'), lines[1..]);
        }
        return sections;
    }

    private static IEnumerable<KubernetesField> Expand(string kind, string section, string prefix)
    {
        foreach (string line in Sections[section])
        {
            string[] words = line.Split(' ', 3);
            if (words[0] == "use")
            {
                foreach (string inner in Alternatives(words.ElementAtOrDefault(2) ?? ""))
                    foreach (KubernetesField field in Expand(kind, words[1], prefix + inner)) yield return field;
                continue;
            }
            string detail = words.ElementAtOrDefault(2) ?? "";
            FieldFate fate = words[1] switch
            {
                "->" => FieldFate.Mapped,
                "=" => FieldFate.Read,
                "^" => FieldFate.Kept,
                ">" or ">>" => FieldFate.Carried,
                "~" => FieldFate.Warned,
                "!" => FieldFate.Refused,
                "." => FieldFate.Read,
                var other => throw new FormatException($"{other} marks no fate: {line}"),
            };
            foreach (string path in Alternatives(words[0]))
            {
                bool below = path.EndsWith(".**", StringComparison.Ordinal);
                yield return new(kind, prefix + (below ? path[..^3] : path), fate, detail) { WithAllBelow = below, OfAbove = words[1] == ".", Section = section == OfPods ? "Pod" : section };
            }
        }
    }

    private static IEnumerable<string> Alternatives(string paths)
    {
        int open = paths.IndexOf('{');
        if (open < 0) return [paths];
        int close = paths.IndexOf('}');
        return paths[(open + 1)..close].Split(',').SelectMany(word => Alternatives(paths[..open] + word + paths[(close + 1)..]));
    }
}
