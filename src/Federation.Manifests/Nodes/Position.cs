namespace Federation.Manifests.Nodes;

/// <summary>A place in a text; both counted from 1.</summary>
internal readonly record struct Position(int Line, int Column);
