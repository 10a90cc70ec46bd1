namespace Federation.Adapters.Node.Commands;

/// <summary>The terminal that a command is given.</summary>
/// <param name="Columns">Its width; null if that is not known.</param>
/// <param name="Rows">Its height.</param>
public sealed record CommandTerminal(int? Columns, int? Rows);
