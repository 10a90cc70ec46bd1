using Federation.Domain.Resources;

namespace Federation.Cli.Targets;

/// <summary>What is said of a field of a resource beside what is rendered.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Path">The field; empty for the whole.</param>
/// <param name="Reason">What becomes of it, and why.</param>
internal sealed record RenderNote(Resource Resource, string Path, string Reason);
