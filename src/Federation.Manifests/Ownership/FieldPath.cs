using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Ownership;

/// <summary>How owned fields are named: members and keys by dots, items of lists by what tells them apart.</summary>
internal static class FieldPath
{
    public static string Member(string parent, string name) => NodePath.Member(parent, name);

    // Long keys are not cut here: a path tells fields apart.
    public static string Key(string parent, string key) =>
        key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? Member(parent, key) : $"{parent}[{Text(key)}]";

    public static string Item(string parent, JsonNode? item, IReadOnlyList<string> keys)
    {
        var path = new StringBuilder(parent).Append('[');
        foreach (string key in keys)
        {
            if ((item as JsonObject)?[key] is not { } value) continue;
            if (path[^1] != '[') path.Append(',');
            path.Append(key).Append('=').Append(value.ToJsonString(DomainJson.Options));
        }
        return path.Append(']').ToString();
    }

    /// <summary>Whether a path names a place inside another's.</summary>
    public static bool IsInside(string path, string outer) =>
        path.Length > outer.Length && path.StartsWith(outer, StringComparison.Ordinal) && path[outer.Length] is '.' or '[';

    private static string Text(string key) => JsonSerializer.Serialize(key, DomainJson.Options);
}
