using Federation.Domain.Observation;

namespace Federation.Manifests.Compose.Keys;

/// <summary>The keys of Compose files, and what becomes of each, by kind of cluster.</summary>
public static class ComposeKeys
{
    /// <summary>The mark of the extension that is read.</summary>
    public const string Extension = "x-federation";

    // In place of a capability: a swarm does it by itself, where the plane does it otherwise or not.
    private const string OnlySwarm = "swarm";

    // Beside capabilities: some values need none.
    private const string Nothing = "nothing";

    // What an agent does not carry out, though a workload that asks for it may be placed there: it changes nothing of what the program may do.
    private static readonly Dictionary<string, ClusterForm[]> Passed = new(StringComparer.Ordinal)
    {
        ["spec.template.container.terminal"] = [ClusterForm.Engine],
        ["spec.template.container.openInput"] = [ClusterForm.Engine],
        ["spec.template.container.domainName"] = [ClusterForm.Swarm, ClusterForm.Kubernetes],
        ["spec.template.container.platform"] = [ClusterForm.Swarm, ClusterForm.Kubernetes],
        ["spec.template.container.init"] = [ClusterForm.Kubernetes],
        ["spec.template.container.logging"] = [ClusterForm.Kubernetes],
        ["spec.template.container.rollback"] = [ClusterForm.Engine, ClusterForm.Swarm, ClusterForm.Kubernetes],
    };

    /// <summary>Every key, in the order of the table.</summary>
    public static IReadOnlyList<ComposeKey> All { get; } = [.. ComposeTable.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(Read)];

    /// <summary>The root of the same keys as a tree.</summary>
    internal static KeyNode Root { get; } = KeyNode.Of(All);

    /// <summary>The key of a path in the form of <see cref="ComposeKey.Path"/>; null where there is none.</summary>
    public static ComposeKey? Find(string path)
    {
        KeyNode? node = Root;
        foreach (string part in path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.'))
        {
            if (node.Open is { } open) return open;
            node = part.StartsWith("x-", StringComparison.Ordinal) ? node.Child("x-*") : node.Child(part);
            if (node is null) return null;
        }
        return node.Key ?? node.Open;
    }

    /// <summary>What a kind of cluster does about a key, in a word or two.</summary>
    public static string In(ComposeKey key, ClusterForm form)
    {
        if (key.Fate != KeyFate.Mapped) return key.Fate switch { KeyFate.Read => "read", KeyFate.Warned => "warned of", _ => "refused" };
        bool ofContainer = key.Detail.Contains(".container.", StringComparison.Ordinal) || key.Detail.EndsWith("template.image", StringComparison.Ordinal) || key.Capabilities.Count > 0;
        if (form == ClusterForm.Process) return ofContainer ? "not run there as an image" : "yes";
        if (Passed.TryGetValue(key.Detail, out ClusterForm[]? passed) && passed.Contains(form)) return "no effect";
        if (key.Capabilities.Count == 0) return "yes";
        if (key.Capabilities[0] == OnlySwarm) return form == ClusterForm.Swarm ? "yes" : "no effect";
        CapabilityOffer offer = form switch { ClusterForm.Engine => OfferedCapabilities.Engine, ClusterForm.Swarm => OfferedCapabilities.Swarm, _ => OfferedCapabilities.Kubernetes };
        string always = Names(key, offer.Always), rights = Names(key, offer.Rights);
        string[] ways = [key.Capabilities.Contains(Nothing) ? "yes" : "", always.Length > 0 ? $"with {always}" : "", rights.Length > 0 ? $"with the right {rights}" : ""];
        return string.Join(", or ", ways.Where(static way => way.Length > 0)) is { Length: > 0 } told ? told : "kept off";
    }

    private static string Names(ComposeKey key, IReadOnlyList<string> offered) => string.Join(", ", key.Capabilities.Where(offered.Contains).Select(static name => $"`{name}`"));

    private static IEnumerable<ComposeKey> Read(string line)
    {
        int space = line.IndexOf(' ');
        (string paths, string rest) = (line[..space], line[(space + 1)..]);
        int mark = rest.IndexOf(' ');
        KeyFate fate = rest[..mark] switch { "->" => KeyFate.Mapped, "=" => KeyFate.Read, "~" => KeyFate.Warned, "!" => KeyFate.Refused, var other => throw new FormatException($"{other} marks no fate: {line}") };
        string[] detail = rest[(mark + 1)..].Split(" @", 2);
        string[] capabilities = detail.Length > 1 ? detail[1].Split(", ") : [];
        foreach (string path in Expand(paths))
        {
            bool below = path.EndsWith(".**", StringComparison.Ordinal);
            yield return new(below ? path[..^3] : path, fate, detail[0], capabilities) { WithAllBelow = below };
        }
    }

    private static IEnumerable<string> Expand(string paths)
    {
        int open = paths.IndexOf('{');
        if (open < 0) return [paths];
        int close = paths.IndexOf('}');
        return paths[(open + 1)..close].Split(',').SelectMany(word => Expand(paths[..open] + word + paths[(close + 1)..]));
    }
}
