namespace Federation.Client.Contexts;

/// <summary>A context file as it was found.</summary>
/// <param name="File">The contexts.</param>
/// <param name="Path">Where it is, or would be.</param>
/// <param name="Warning">What is wrong with it although it could be read; null if nothing.</param>
public sealed record LoadedContextFile(ContextFile File, string Path, string? Warning);
