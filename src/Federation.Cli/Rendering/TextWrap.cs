namespace Federation.Cli.Rendering;

/// <summary>Text in lines that fit.</summary>
internal static class TextWrap
{
    public static IEnumerable<string> Lines(string text, string indent, int width)
    {
        string line = indent;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length > width && line.Length > indent.Length)
            {
                yield return line.TrimEnd();
                line = indent;
            }
            line += word + " ";
        }
        if (line.Length > indent.Length) yield return line.TrimEnd();
    }
}
