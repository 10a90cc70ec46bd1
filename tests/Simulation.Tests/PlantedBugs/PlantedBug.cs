namespace Simulation.Tests.PlantedBugs;

/// <summary>A bug of the list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">The file, from the repository's root.</param>
/// <param name="Line">The line as it is, without indentation.</param>
/// <param name="Becomes">What it becomes; empty if it is dropped.</param>
/// <param name="Breaks">What it breaks, for a person.</param>
/// <param name="Caught">The name of the invariant that must catch it.</param>
public sealed record PlantedBug(string Name, string File, string Line, string Becomes, string Breaks, string Caught)
{
    /// <summary>Reads the list: blocks of <c>field: value</c>, each begun by its name.</summary>
    public static IReadOnlyList<PlantedBug> ReadAll(string path)
    {
        var bugs = new List<PlantedBug>();
        foreach (string text in System.IO.File.ReadLines(path))
        {
            if (text.Length == 0 || text[0] == '#') continue;
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string value = text[(colon + 1)..].Trim();
            switch (text[..colon])
            {
                case "bug": bugs.Add(new(value, "", "", "", "", "")); break;
                case "file": bugs[^1] = bugs[^1] with { File = value }; break;
                case "line": bugs[^1] = bugs[^1] with { Line = value }; break;
                case "becomes": bugs[^1] = bugs[^1] with { Becomes = value }; break;
                case "breaks": bugs[^1] = bugs[^1] with { Breaks = value }; break;
                case "caught": bugs[^1] = bugs[^1] with { Caught = value }; break;
                default: throw new FormatException($"{path}: '{text}' begins with no field of a planted bug");
            }
        }
        return bugs;
    }
}
