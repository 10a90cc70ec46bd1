namespace Federation.Cli.Rendering;

/// <summary>A table's column.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Right">Numbers stand to the right.</param>
/// <param name="Wide">Shown with <c>-o wide</c> only.</param>
internal sealed record Column(string Title, bool Right = false, bool Wide = false);
