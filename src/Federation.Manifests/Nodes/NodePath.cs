using System.Globalization;
using System.Text;

namespace Federation.Manifests.Nodes;

/// <summary>Paths of members, indexes and keys, and the way from a path to a place.</summary>
internal static class NodePath
{
    private const int MaxShownKey = 80;

    public static string Member(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    public static string Item(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");

    /// <summary>A key as the user wrote it: dotted where it reads as a word, else quoted, control characters escaped and cut where long.</summary>
    public static string Key(string parent, string key)
    {
        if (key.Length is > 0 and <= MaxShownKey && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return Member(parent, key);
        var quoted = new StringBuilder(parent).Append("[\"");
        foreach (char c in key.Length > MaxShownKey ? key[..MaxShownKey] : key)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append(key.Length > MaxShownKey ? "...\"]" : "\"]").ToString();
    }

    /// <summary>The place of what a path names; of the nearest part above it where it is not written.</summary>
    public static Position Locate(MappingNode root, string path)
    {
        Position at = root.At;
        Node node = root;
        foreach (string segment in Split(path))
        {
            switch (node)
            {
                case MappingNode mapping when mapping.Find(segment) is { } entry:
                    (at, node) = (entry.At, entry.Value);
                    break;
                case SequenceNode sequence when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < sequence.Items.Count:
                    node = sequence.Items[index];
                    at = node.At;
                    break;
                default:
                    return at;
            }
        }
        return at;
    }

    /// <summary>Whether one path names the other's place or something around it.</summary>
    public static bool IsAround(string outer, string inner) =>
        outer.Length == 0 || (inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] is '.' or '['));

    private static IEnumerable<string> Split(string path)
    {
        int at = 0;
        while (at < path.Length)
        {
            if (path[at] == '.') at++;
            if (path[at..].StartsWith("[\"", StringComparison.Ordinal))
            {
                var key = new StringBuilder();
                for (at += 2; at < path.Length && path[at] != '"'; at++)
                {
                    if (path[at] == '\\' && at + 1 < path.Length) at++;
                    key.Append(path[at]);
                }
                at += 2;
                yield return key.ToString();
            }
            else if (path[at] == '[')
            {
                int end = path.IndexOf(']', at);
                yield return path[(at + 1)..end];
                at = end + 1;
            }
            else
            {
                int end = path.IndexOfAny(['.', '['], at);
                if (end < 0) end = path.Length;
                yield return path[at..end];
                at = end;
            }
        }
    }
}
