using Federation.Manifests.Schema;

namespace Federation.Cli.Rendering;

/// <summary>What a field means and takes, with the fields in it.</summary>
internal static class FieldDocs
{
    private const int Width = 79;

    public static IEnumerable<string> Lines(string path, FieldDescription field)
    {
        yield return $"{path}: {field.Type}{Facts(field)}";
        yield return "";
        foreach (string line in TextWrap.Lines(field.Documentation, "  ", Width)) yield return line;
        FieldDescription[] inner = [.. field.Fields.Where(child => !child.ServerWritten)];
        if (inner.Length == 0) yield break;
        yield return "";
        yield return "Fields:";
        foreach (FieldDescription child in inner)
        {
            yield return $"  {child.Name}: {child.Type}{Facts(child)}";
            foreach (string line in TextWrap.Lines(child.Documentation, "      ", Width)) yield return line;
        }
    }

    /// <summary>The field with all that are in it, each under the one that holds it.</summary>
    public static IEnumerable<string> Tree(string path, FieldDescription field)
    {
        yield return $"{path}: {field.Type}{Facts(field)}";
        foreach (string line in Inner(field, "  ")) yield return line;
    }

    private static IEnumerable<string> Inner(FieldDescription field, string indent)
    {
        foreach (FieldDescription child in field.Fields)
        {
            yield return $"{indent}{child.Name}: {child.Type}{Facts(child)}";
            foreach (string line in Inner(child, indent + "  ")) yield return line;
        }
    }

    private static string Facts(FieldDescription field)
    {
        var facts = new List<string>();
        if (field.Required) facts.Add("required");
        if (field.ServerWritten) facts.Add("written by the plane");
        if (field.AllowedValues.Count > 0) facts.Add(string.Join(" | ", field.AllowedValues));
        if (field.Minimum is not null || field.Maximum is not null) facts.Add($"{field.Minimum ?? ""}..{field.Maximum ?? ""}");
        if (field.Default is { } otherwise) facts.Add($"default {otherwise}");
        return facts.Count > 0 ? $" ({string.Join("; ", facts)})" : "";
    }
}
