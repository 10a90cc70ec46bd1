namespace Federation.Manifests.Kubernetes.Mapping;

/// <summary>A ConfigMap or Secret of the set.</summary>
/// <param name="Resource">The name of the Config or Secret that comes of it.</param>
/// <param name="Keys">Its keys; a ConfigMap's texts with their values.</param>
internal sealed record Material(string Resource, IReadOnlyDictionary<string, string?> Keys);
