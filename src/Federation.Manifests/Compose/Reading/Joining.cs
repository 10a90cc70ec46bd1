using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Reading;

/// <summary>
/// Joins what several files say: mappings key by key, lists one behind the other, plain values by the later one. Commands and checks stand in for each other; ports,
/// mounts and files are told apart by where they lead. <c>!reset</c> takes away, <c>!override</c> stands in place.
/// </summary>
/// <param name="errors">For what cannot be joined.</param>
/// <param name="keepMarks">Whether marks stay where they are, for an earlier file that is joined later; else they are done with.</param>
internal sealed class Joining(InputErrors errors, bool keepMarks = false)
{
    private static readonly string[] Replaced = ["command", "entrypoint", "test", "arguments"];

    // A value alone is a list of one.
    private static readonly string[] OneOrMany = ["dns", "dns_search", "tmpfs", "env_file", "label_file"];

    // Names in them are the user's: none of them is a key with a way of its own.
    private static readonly string[] Named = ["services", "networks", "volumes", "configs", "secrets", "models", "depends_on", "ulimits", "clusters"];

    // Of these either form is right, and what they say goes nowhere.
    private static readonly string[] EitherForm = ["models", "ssh", "additional_contexts"];

    private int _told;

    /// <summary>What two files come to.</summary>
    public MappingNode Files(MappingNode? earlier, MappingNode later) => Join(earlier, later, "", "") as MappingNode ?? new MappingNode(later.At, []);

    /// <summary>What two nodes come to; null if nothing is left.</summary>
    public Node? Join(Node? earlier, Node later, string key, string path)
    {
        if (later.Mark == MergeMark.Reset) return keepMarks ? later : null;
        if (earlier is null || later.Mark == MergeMark.Override || earlier.IsNull) return keepMarks ? later : Plain(later, key, path);
        if (later.IsNull) return earlier;
        if (Replaced.Contains(key)) return later;
        switch (earlier, later)
        {
            case (MappingNode a, MappingNode b):
                return JoinMappings(a, b, key, path);
            case (SequenceNode a, SequenceNode b):
                return JoinLists(a, b, key, path);
            case (ScalarNode or SequenceNode, ScalarNode or SequenceNode) when OneOrMany.Contains(key):
                return JoinLists(ListOf(earlier), ListOf(later), key, path);
            case (MappingNode or SequenceNode, MappingNode or SequenceNode) when !EitherForm.Contains(key):
                // A form that is not the key's has been told already.
                if (errors.Count > _told) return earlier;
                errors.Add(later.At, path, $"{later.Description} is not joined with {earlier.Description}, which stands in {earlier.At.Source}:{earlier.At.Line}", "write it in the same form, or !override before it to let it stand in place of that");
                _told = errors.Count;
                return earlier;
            default:
                return Plain(later, key, path);
        }
    }

    private static SequenceNode ListOf(Node node) => node as SequenceNode ?? new SequenceNode(node.At, [node]);

    // What an earlier file does not have may still hold marks.
    private Node Plain(Node node, string key, string path) => node switch
    {
        MappingNode mapping when mapping.Mark != MergeMark.None || mapping.Entries.Any(static entry => entry.Value.Mark != MergeMark.None || entry.Value is MappingNode) => JoinMappings(new MappingNode(mapping.At, []), mapping, key, path),
        SequenceNode { Mark: not MergeMark.None } list => new SequenceNode(list.At, list.Items),
        _ => node,
    };

    private MappingNode JoinMappings(MappingNode a, MappingNode b, string key, string path)
    {
        bool free = CanonicalForm.IsFree(key), named = Named.Contains(key);
        // Options are those of a driver: another driver's are not its.
        bool otherDriver = key == "logging" && Text(a.Find("driver")?.Value) is { } first && Text(b.Find("driver")?.Value) is { } second && first != second;
        var entries = new List<MappingEntry>();
        foreach (MappingEntry entry in a.Entries)
        {
            if (otherDriver && entry.Key == "options") continue;
            if (b.Find(entry.Key) is not { } over) entries.Add(entry);
            else if (JoinEntry(entry.Value, over) is { } joined) entries.Add(over with { Value = joined });
        }
        foreach (MappingEntry entry in b.Entries)
        {
            if ((a.Find(entry.Key) is null || (otherDriver && entry.Key == "options")) && JoinEntry(null, entry) is { } taken) entries.Add(entry with { Value = taken });
        }
        return new MappingNode(b.At, entries);

        Node? JoinEntry(Node? earlier, MappingEntry later) =>
            free && later.Value.Mark != MergeMark.Reset ? later.Value : Join(earlier, later.Value, named ? "" : later.Key, NodePath.Key(path, later.Key));
    }

    private SequenceNode JoinLists(SequenceNode a, SequenceNode b, string key, string path)
    {
        Func<Node, string> identity = ItemKeys.Of(key);
        var items = new List<Node>(a.Items);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++) places.TryAdd(identity(items[i]), i);
        foreach (Node item in b.Items)
        {
            if (places.TryAdd(identity(item), items.Count)) items.Add(item);
            // A range of addresses is one thing that both describe; a mount, port or file is what the later says.
            else if (places[identity(item)] is var same) items[same] = key == "config" && items[same] is MappingNode range && item is MappingNode more ? JoinMappings(range, more, "", path) : item;
        }
        return new SequenceNode(b.At, items);
    }

    private static string? Text(Node? node) => (node as ScalarNode)?.Text;
}
