namespace Federation.Manifests.Nodes;

/// <summary>A place in a text; line and column counted from 1.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
/// <param name="Source">The text, where values of several are joined; else null.</param>
internal readonly record struct Position(int Line, int Column, string? Source = null);
