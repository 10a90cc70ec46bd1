using System.Text.RegularExpressions;
using Federation.Domain.Resources;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>Tells a document of Kubernetes from one of the plane's own form, by its apiVersion and kind alone.</summary>
internal static partial class DocumentKinds
{
    private static readonly string[] Groups = ["apps", "batch", "autoscaling", "policy", "extensions"];

    /// <summary>Whether a document is an object of Kubernetes, or a list of them.</summary>
    public static bool IsKubernetes(Node root)
    {
        if (root is not MappingNode mapping) return false;
        string? kind = Word(mapping, "kind");
        if (Word(mapping, "apiVersion") is not { } version) return mapping.Find("apiVersion") is null or { Value.IsNull: true } && kind is not null && ResourceKind.Find(kind) is null && KindVersions.Of(kind) is not null;
        // What is of a kind that Kubernetes alone has is meant for it, whatever its version says.
        if (kind is not null && KindVersions.Of(kind) is not null && ResourceKind.All.All(known => known.Name != kind)) return true;
        if (version == Resource.Version || !Version().IsMatch(version)) return false;
        int slash = version.IndexOf('/');
        return slash < 0 ? version != "v2" : Groups.Contains(version[..slash]) || version[..slash].Contains('.', StringComparison.Ordinal);
    }

    /// <summary>Whether a document describes a chart of Helm, which is to be filled in first.</summary>
    public static bool IsChart(Node root) => root is MappingNode mapping && mapping.Find("kind") is null && Word(mapping, "apiVersion") is "v1" or "v2" && mapping.Find("name") is not null && mapping.Find("version") is not null;

    public static string? Word(MappingNode mapping, string field) => (mapping.Find(field)?.Value as ScalarNode)?.Text;

    [GeneratedRegex(@"^([^/]+/)?v[0-9]+((alpha|beta)[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
