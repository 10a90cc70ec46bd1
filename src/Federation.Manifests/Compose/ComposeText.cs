namespace Federation.Manifests.Compose;

/// <summary>One Compose file.</summary>
/// <param name="Source">What errors call it.</param>
/// <param name="Utf8">Its content.</param>
public sealed record ComposeText(string Source, ReadOnlyMemory<byte> Utf8);
