using Federation.Manifests.Kubernetes.Fields;

namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>A field of a manifest that Kubernetes clusters are to be told.</summary>
/// <param name="Path">Its path from the object's root, with indexes: <c>spec.template.spec.affinity</c>.</param>
/// <param name="View">Its value.</param>
/// <param name="Field">What the table says of it.</param>
internal sealed record CarriedField(string Path, ManifestView View, KubernetesField Field);
