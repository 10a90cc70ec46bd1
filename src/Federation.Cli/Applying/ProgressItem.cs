namespace Federation.Cli.Applying;

/// <summary>How far one thing is.</summary>
/// <param name="Name">What it is: <c>workload/web</c>.</param>
/// <param name="Text">How far it is as a whole.</param>
/// <param name="Branches">Its parts, each with how far it is.</param>
/// <param name="Note">What else there is to say; null if nothing.</param>
/// <param name="State">Whether it goes on.</param>
internal sealed record ProgressItem(string Name, string Text, IReadOnlyList<(string Name, string Text)> Branches, string? Note, ProgressState State)
{
    /// <summary>All of it in one line, for a log.</summary>
    public string Line => $"{Name}: {Text}{(Branches.Count > 0 ? $"  ({string.Join(", ", Branches.Select(static branch => $"{branch.Name} {branch.Text}"))})" : "")}{Tail}";

    /// <summary>As a tree, for an eye.</summary>
    /// <param name="nameWidth">How wide names are in the column that it stands in.</param>
    public IEnumerable<string> Tree(int nameWidth)
    {
        yield return $"{Name.PadRight(nameWidth)}  {Text}{Tail}";
        int width = Branches.Count == 0 ? 0 : Branches.Max(static branch => branch.Name.Length);
        for (int i = 0; i < Branches.Count; i++) yield return $"{(i == Branches.Count - 1 ? "└─" : "├─")} {Branches[i].Name.PadRight(width)}  {Branches[i].Text}";
    }

    private string Tail => Note is null ? "" : $"  {Note}";
}
