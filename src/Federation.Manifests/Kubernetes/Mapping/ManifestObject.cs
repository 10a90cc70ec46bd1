using System.Text.Json.Nodes;
using Federation.Manifests.Kubernetes.Reading;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <summary>One object of the set, checked against the table of its kind.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name, as its file has it.</param>
/// <param name="Namespace">Its namespace, or the one that is meant where it names none.</param>
/// <param name="View">Its fields.</param>
/// <param name="Carried">What of it is carried.</param>
internal sealed record ManifestObject(string Kind, string Name, string Namespace, ManifestView View, IReadOnlyList<CarriedField> Carried)
{
    /// <summary>What messages call it.</summary>
    public string Title => $"{Kind} {(Name.Length > 63 ? Name[..63] + "..." : Name)}";

    /// <summary>What a Kubernetes cluster is told of an object that belongs to a workload: its labels, its annotations and its spec.</summary>
    public static JsonObject Part(ManifestView view)
    {
        var part = new JsonObject();
        foreach (string field in (string[])["labels", "annotations"])
        {
            if (view["metadata"][field].Json is not JsonObject { Count: > 0 } map) continue;
            map.Remove(ManifestSet.LastApplied);
            if (part["metadata"] is not JsonObject metadata) part["metadata"] = metadata = [];
            metadata[field] = map;
        }
        if (view["spec"].Json is { } spec) part["spec"] = spec;
        return part;
    }
}
