using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Compose.Reading;

/// <summary>Holds what files say against the table of keys: first whether the keys are known and have the right form, then, of what is left after joining, what becomes of each.</summary>
internal static class KeyCheck
{
    // More are read by nobody.
    private const int MostListed = 12;

    private static readonly string[] TopLevel = ["configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes"];

    /// <summary>Refuses unknown keys, keys that are given twice, and values of the wrong form.</summary>
    public static void Form(Node root, InputErrors errors) => Form(root, ComposeKeys.Root, "", root.At, errors);

    private static void Form(Node node, KeyNode keys, string path, Position at, InputErrors errors)
    {
        if (keys.Open is not null || node.IsNull || node.Mark == MergeMark.Reset) return;
        switch (node)
        {
            case MappingNode mapping:
                foreach (MappingEntry twice in mapping.Duplicates) errors.Add(twice.KeyAt, NodePath.Key(path, twice.Key), "the key is given twice", $"remove one; the first is in line {mapping.Find(twice.Key)!.KeyAt.Line}");
                if (!keys.TakesMapping)
                {
                    errors.Add(at, path, $"expected {Expected(keys)}, found {node.Description}");
                    return;
                }
                foreach (MappingEntry entry in mapping.Entries)
                {
                    string inner = NodePath.Key(path, entry.Key);
                    if (keys.At(entry.Key) is { } next) Form(entry.Value, next, inner, entry.At, errors);
                    else
                    {
                        string[] known = [.. keys.Names];
                        string? near = NearestName.Find(entry.Key, known);
                        if (path.Length == 0) known = TopLevel;
                        string? all = known.Length is 0 ? null : known.Length <= MostListed ? $"known here: {string.Join(", ", known)}; your own begin with x-" : "docs/reference/compose.md lists those that are known; your own begin with x-";
                        errors.Add(entry.KeyAt, inner, "the key is unknown", near is not null ? $"did you mean {near}?" : all);
                    }
                }
                break;
            case SequenceNode sequence:
                if (keys.Item is not { } item)
                {
                    errors.Add(at, path, $"expected {Expected(keys)}, found {node.Description}");
                    return;
                }
                for (int i = 0; i < sequence.Items.Count; i++)
                {
                    if (sequence.Items[i].Mark == MergeMark.Reset) errors.Add(sequence.Items[i].At, NodePath.Item(path, i), "!reset takes away a key, not an item of a list", "write !override before the list, with all that is to stand in it");
                    else if (sequence.Items[i].IsNull) errors.Add(sequence.Items[i].At, NodePath.Item(path, i), "an item is empty", "remove it");
                    else Form(sequence.Items[i], item, NodePath.Item(path, i), sequence.Items[i].At, errors);
                }
                break;
            default:
                if (keys.Key is null) errors.Add(at, path, $"expected {Expected(keys)}, found {node.Description}");
                break;
        }
    }

    private static string Expected(KeyNode keys) => string.Join(" or ", (string[])[.. keys.Key is null ? Array.Empty<string>() : ["a plain value"], .. keys.Item is null ? Array.Empty<string>() : ["a list"], .. keys.TakesMapping ? ["a mapping"] : Array.Empty<string>()]);

    /// <summary>Tells, of every key that is there, what is warned of and what is refused.</summary>
    public static void Fates(Node root, InputErrors errors) => Fates(root, ComposeKeys.Root, "", root.At, errors);

    private static void Fates(Node node, KeyNode keys, string path, Position at, InputErrors errors)
    {
        if (keys.Open is { } open)
        {
            Tell(open, path, at, errors);
            return;
        }
        switch (node)
        {
            case MappingNode mapping:
                foreach (MappingEntry entry in mapping.Entries)
                {
                    if (keys.At(entry.Key) is { } next) Fates(entry.Value, next, NodePath.Key(path, entry.Key), entry.At, errors);
                }
                break;
            case SequenceNode sequence when keys.Item is { } item:
                for (int i = 0; i < sequence.Items.Count; i++) Fates(sequence.Items[i], item, NodePath.Item(path, i), sequence.Items[i].At, errors);
                break;
            case ScalarNode when keys.Key is { } key:
                Tell(key, path, at, errors);
                break;
            // An empty entry of a mapping all of whose keys come to the same, as depends_on: [db].
            case { IsNull: true } when keys.Names.Select(name => keys.Child(name)!.Key).ToArray() is [{ Fate: KeyFate.Warned } below, ..] all && Array.TrueForAll(all, other => other?.Detail == below.Detail):
                Tell(below, path, at, errors);
                break;
        }
    }

    private static void Tell(ComposeKey key, string path, Position at, InputErrors errors)
    {
        string[] parts = key.Detail.Split("; ", 2);
        if (key.Fate == KeyFate.Warned) errors.Warn(at, path, key.Detail);
        else if (key.Fate == KeyFate.Refused) errors.Add(at, path, parts[0], parts.Length > 1 ? parts[1] : null);
    }
}
