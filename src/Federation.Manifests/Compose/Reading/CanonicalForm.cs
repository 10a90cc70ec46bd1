using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Reading;

/// <summary>The one form of what may be written as a list or as a mapping.</summary>
internal static class CanonicalForm
{
    // Lists of NAME=VALUE that may be mappings as well.
    private static readonly string[] Pairs = ["environment", "labels", "annotations", "sysctls", "args"];

    /// <summary>Whether a mapping of that key has names of the user's own, with values that are no keys of a Compose file.</summary>
    public static bool IsFree(string key) => Pairs.Contains(key) || key is "extra_hosts" or "options" or "driver_opts" or "storage_opt" or "aux_addresses";

    /// <summary>A service, network or other definition with its lists of pairs and names as mappings, so that files that write them in either way can be joined.</summary>
    public static Node Of(Node node, string key, InputErrors errors, string path)
    {
        switch (node)
        {
            case MappingNode mapping when key is not ("environment" or "labels"):
                var entries = new List<MappingEntry>(mapping.Entries.Count);
                foreach (MappingEntry entry in mapping.Entries)
                    entries.Add(entry.Key.StartsWith("x-", StringComparison.Ordinal) ? entry : entry with { Value = Of(entry.Value, entry.Key, errors, NodePath.Key(path, entry.Key)) });
                return new MappingNode(mapping.At, entries) { Mark = mapping.Mark };
            case SequenceNode list when Pairs.Contains(key):
                return Mapping(list, static text => text.Split('=', 2), errors, path);
            case SequenceNode list when key == "extra_hosts":
                return ExtraHosts(list, errors, path);
            case SequenceNode list when key is "depends_on" || (key == "networks" && list.Items.All(static item => item is ScalarNode)):
                return Mapping(list, static text => [text], errors, path);
            case SequenceNode list:
                return new SequenceNode(list.At, [.. list.Items.Select((item, index) => item is MappingNode ? Of(item, "[]", errors, NodePath.Item(path, index)) : item)]) { Mark = list.Mark };
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
