using Federation.Manifests.Nodes;

namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>One object of a Kubernetes manifest as it stands in a text.</summary>
/// <param name="Root">Its fields.</param>
/// <param name="Source">What errors call the text.</param>
/// <param name="Path">Where in its document it stands: <c>items[0]</c> in a list, else empty.</param>
internal sealed record ManifestDocument(MappingNode Root, string Source, string Path);
