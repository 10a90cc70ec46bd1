using Federation.Engine.Images;

namespace Federation.Adapters.Node.Containers;

/// <summary>An image that may have to be fetched.</summary>
/// <param name="Image">Which.</param>
/// <param name="Material">What came with the order, among it the logins that the image is fetched with; null where nothing is held any more.</param>
internal sealed record ImagePull(ImageReference Image, IReadOnlyList<SealedFiles>? Material);
