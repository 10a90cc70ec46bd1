using Federation.Domain.Resources;

namespace Federation.Manifests.Compose.Rendering;

/// <summary>What is to be said of a part of a resource that is written as Compose.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Path">Where it stands in it.</param>
/// <param name="Reason">What becomes of it, and why; a sentence without a full stop.</param>
public sealed record ComposeNote(Resource Resource, string Path, string Reason);
