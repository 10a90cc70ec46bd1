namespace Federation.Manifests.Nodes;

/// <summary>What a Compose file's tag says of a value where files are joined.</summary>
internal enum MergeMark
{
    None,

    /// <summary><c>!reset</c>: what an earlier file says is taken away.</summary>
    Reset,

    /// <summary><c>!override</c>: it stands in place of what an earlier file says.</summary>
    Override,
}
