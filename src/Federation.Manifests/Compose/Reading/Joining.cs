using Federation.Manifests.Compose.Values;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Reading;

/// <summary>
/// Joins what several files say: mappings key by key, lists one behind the other, plain values by the later one. Commands and checks stand in for each other; ports,
/// mounts and files are told apart by where they lead. <c>!reset</c> takes away, <c>!override</c> stands in place.
/// </summary>
internal static class Joining
{
    // Lists of NAME=VALUE that may be mappings as well.
    private static readonly string[] Pairs = ["environment", "labels", "annotations", "sysctls", "args"];

    private static readonly string[] Replaced = ["command", "entrypoint", "test"];

    /// <summary>What two nodes come to.</summary>
    public static Node? Join(Node? earlier, Node later, string key, string path)
    {
        if (later.Mark == MergeMark.Reset) return null;
        if (earlier is null || later.Mark == MergeMark.Override || earlier.IsNull) return Plain(later, key, path);
        if (later.IsNull) return earlier;
        if (Replaced.Contains(key)) return later;
        return (earlier, later) switch
        {
            (MappingNode a, MappingNode b) => JoinMappings(a, b, key, path),
            (SequenceNode a, SequenceNode b) => JoinLists(a, b, key),
            // A value alone is a list of one: dns, tmpfs, env_file.
            (ScalarNode a, SequenceNode b) when IsOneOrMany(key) => new SequenceNode(b.At, [a, .. b.Items]),
            (SequenceNode a, ScalarNode b) when IsOneOrMany(key) => new SequenceNode(a.At, [.. a.Items, b]),
            (ScalarNode a, ScalarNode b) when IsOneOrMany(key) => new SequenceNode(b.At, [a, b]),
            _ => Plain(later, key, path),
        };
    }

    private static bool IsOneOrMany(string key) => key is "dns" or "dns_search" or "tmpfs" or "env_file" or "label_file";

    // What an earlier file does not have may still hold marks.
    private static Node? Plain(Node node, string key, string path)
    {
        if (node is not MappingNode mapping) return node;
        return mapping.Entries.Any(static entry => entry.Value.Mark != MergeMark.None || entry.Value is MappingNode) ? JoinMappings(new MappingNode(mapping.At, []), mapping, key, path) : node;
    }

    private static MappingNode JoinMappings(MappingNode a, MappingNode b, string key, string path)
    {
        // Options are those of a driver: another driver's are not its.
        bool free = Pairs.Contains(key) || key is "extra_hosts" or "options" or "driver_opts" or "storage_opt" or "aux_addresses";
        bool otherDriver = key == "logging" && Text(a.Find("driver")?.Value) is { } first && Text(b.Find("driver")?.Value) is { } second && first != second;
        var entries = new List<MappingEntry>();
        foreach (MappingEntry entry in a.Entries)
        {
            if (otherDriver && entry.Key == "options") continue;
            if (b.Find(entry.Key) is not { } over) entries.Add(entry);
            else if (JoinEntry(entry.Value, over.Value, free, entry.Key, NodePath.Key(path, entry.Key)) is { } joined) entries.Add(new(entry.Key, over.KeyAt, joined));
        }
        foreach (MappingEntry entry in b.Entries)
        {
            if ((a.Find(entry.Key) is null || (otherDriver && entry.Key == "options")) && Join(null, entry.Value, entry.Key, NodePath.Key(path, entry.Key)) is { } taken) entries.Add(new(entry.Key, entry.KeyAt, taken));
        }
        return new MappingNode(b.At, entries);
    }

    // The names of variables, labels and options are the user's own: none of them is a key with a way of its own.
    private static Node? JoinEntry(Node earlier, Node later, bool free, string key, string path) =>
        !free ? Join(earlier, later, key, path) : later.Mark == MergeMark.Reset ? null : later;

    private static SequenceNode JoinLists(SequenceNode a, SequenceNode b, string key)
    {
        if (Identity(key) is not { } identity) return new(b.At, key is "configs" or "profiles" or "cap_add" or "cap_drop" or "expose" ? Distinct([.. a.Items, .. b.Items]) : [.. a.Items, .. b.Items]);
        var items = new List<Node>(a.Items);
        foreach (Node item in b.Items)
        {
            string id = identity(item);
            int same = items.FindIndex(other => identity(other) == id);
            if (same < 0) items.Add(item);
            else items[same] = item;
        }
        return new(b.At, items);
    }

    private static Node[] Distinct(Node[] items) => [.. items.DistinctBy(static item => item is ScalarNode scalar ? scalar.Text : (object)item)];

    private static Func<Node, string>? Identity(string key) => key switch
    {
        "volumes" or "devices" => static item => Text((item as MappingNode)?.Find("target")?.Value) ?? MountTarget(Text(item) ?? ""),
        "secrets" or "configs" => static item => Text((item as MappingNode)?.Find("target")?.Value) ?? Text((item as MappingNode)?.Find("source")?.Value) ?? Text(item) ?? "",
        "ports" => static item => item is MappingNode port
            ? $"{Text(port.Find("host_ip")?.Value)}:{Text(port.Find("published")?.Value)}:{Text(port.Find("target")?.Value)}/{Text(port.Find("protocol")?.Value) ?? "tcp"}"
            : PortIdentity(Text(item) ?? ""),
        _ => null,
    };

    private static string MountTarget(string text)
    {
        try
        {
            return ShortForms.SplitMount(text) is [_, var target, ..] ? target : text;
        }
        catch (FormatException)
        {
            return text;
        }
    }

    private static string PortIdentity(string text)
    {
        try
        {
            return ShortForms.Ports(text) is [var first, ..] ? $"{first.Address}:{first.Published}:{first.Target}/{first.Protocol}" : text;
        }
        catch (FormatException)
        {
            return text;
        }
    }

    private static string? Text(Node? node) => (node as ScalarNode)?.Text;

    /// <summary>A service, network or other definition with its lists of pairs and names as mappings, so that files that write them in either way can be joined.</summary>
    public static Node Canonical(Node node, string key, InputErrors errors, string path)
    {
        switch (node)
        {
            case MappingNode mapping when key is not ("environment" or "labels"):
                var entries = new List<MappingEntry>(mapping.Entries.Count);
                foreach (MappingEntry entry in mapping.Entries)
                    entries.Add(entry.Key.StartsWith("x-", StringComparison.Ordinal) ? entry : entry with { Value = Canonical(entry.Value, entry.Key, errors, NodePath.Key(path, entry.Key)) });
                return new MappingNode(mapping.At, entries) { Mark = mapping.Mark };
            case SequenceNode list when Pairs.Contains(key):
                return Mapping(list, static text => text.Split('=', 2), errors, path);
            case SequenceNode list when key == "extra_hosts":
                return ExtraHosts(list, errors, path);
            case SequenceNode list when key is "depends_on" || (key == "networks" && list.Items.All(static item => item is ScalarNode)):
                return Mapping(list, static text => [text], errors, path);
            case SequenceNode list:
                return new SequenceNode(list.At, [.. list.Items.Select((item, index) => item is MappingNode ? Canonical(item, "[]", errors, NodePath.Item(path, index)) : item)]) { Mark = list.Mark };
            default:
                return node;
        }
    }

    private static MappingNode Mapping(SequenceNode list, Func<string, string[]> split, InputErrors errors, string path)
    {
        var entries = new Dictionary<string, MappingEntry>(StringComparer.Ordinal);
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is not ScalarNode { IsNull: false } item)
            {
                errors.Add(list.Items[i].At, NodePath.Item(path, i), "an item is a plain value, such as NAME=VALUE");
                continue;
            }
            string[] parts = split(item.Text);
            if (parts[0].Length == 0) errors.Add(item.At, NodePath.Item(path, i), "a name stands before =");
            else entries[parts[0]] = new(parts[0], item.At, parts.Length > 1 ? new ScalarNode(item.At, parts[1], ScalarType.Text) : new ScalarNode(item.At, "", ScalarType.Null));
        }
        return new MappingNode(list.At, entries.Values) { Mark = list.Mark };
    }

    // One name may have several addresses.
    private static MappingNode ExtraHosts(SequenceNode list, InputErrors errors, string path)
    {
        var hosts = new List<(string Host, Position At, List<Node> Addresses)>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            string text = (list.Items[i] as ScalarNode)?.Text ?? "";
            int cut = text.IndexOf('=') is >= 0 and var equals ? equals : text.IndexOf(':');
            if (cut <= 0)
            {
                errors.Add(list.Items[i].At, NodePath.Item(path, i), "a host is NAME=ADDRESS");
                continue;
            }
            string host = text[..cut], address = text[(cut + 1)..].Trim('[', ']');
            var node = new ScalarNode(list.Items[i].At, address, ScalarType.Text);
            if (hosts.Find(known => known.Host == host) is { Addresses: { } known }) known.Add(node);
            else hosts.Add((host, list.Items[i].At, [node]));
        }
        return new MappingNode(list.At, hosts.Select(static host => new MappingEntry(host.Host, host.At, new SequenceNode(host.At, host.Addresses)))) { Mark = list.Mark };
    }
}
