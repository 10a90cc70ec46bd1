using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Fields;
using Federation.Manifests.Kubernetes.Mapping;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Nodes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Kubernetes;

/// <summary>
/// Reads objects of Kubernetes into resources. All objects that are applied together are read together, since selectors and references lead from one to another.
/// Nothing of them is passed over in silence: each field is mapped, carried to Kubernetes clusters, warned of or refused with its path, line and column, as
/// <see cref="KubernetesFieldTable"/> says. Safe on input of anyone.
/// </summary>
public static class KubernetesReader
{
    /// <summary>Reads texts that hold nothing but objects of Kubernetes, as one set.</summary>
    /// <param name="texts">The texts in UTF-8, each with what errors call it.</param>
    /// <param name="defaultNamespace">The namespace of objects that name none, for telling them apart; it is not written into them.</param>
    /// <param name="limits">What to put up with; the usual if null.</param>
    public static ReadOutcome Read(IReadOnlyList<(string Source, ReadOnlyMemory<byte> Utf8)> texts, string defaultNamespace = "default", ReadLimits? limits = null)
    {
        limits ??= ReadLimits.Default;
        var documents = new List<ManifestDocument>();
        var errors = new List<ManifestError>();
        foreach ((string source, ReadOnlyMemory<byte> utf8) in texts)
        {
            (string? text, ManifestError? error) = SourceText.Decode(utf8.Span, source, limits);
            if (text is null) errors.Add(error!);
            else if (Federation.Manifests.Reading.ResourceReader.Split(text, source, InputFormat.Auto, limits, documents) is ReadOutcome.Refused refused) errors.AddRange(refused.Errors);
        }
        return errors.Count > 0 ? new ReadOutcome.Refused(errors) : Read(documents, defaultNamespace, limits);
    }

    /// <summary>Reads objects that came from files, as one set.</summary>
    internal static ReadOutcome Read(IReadOnlyList<ManifestDocument> documents, string defaultNamespace, ReadLimits limits)
    {
        var errors = new InputErrors(documents is [var first, ..] ? first.Source : "", limits);
        var set = new ManifestSet(defaultNamespace, errors);
        foreach (ManifestDocument document in documents) Take(document, set, errors, depth: 0);
        // What objects say that are sound in themselves is told in the same go as what is wrong with others; what is only warned of does not count then.
        IReadOnlyList<ManifestError>? warnings = errors.Count > 0 ? errors.Warnings : null;
        IReadOnlyList<DeclaredResource> resources = set.Map();
        return errors.Count > 0 ? new ReadOutcome.Refused(errors.Errors) { Warnings = warnings ?? errors.Warnings } : new ReadOutcome.Accepted(resources) { Warnings = errors.Warnings };
    }

    // A list is its items; its own metadata a server has written.
    private static void Take(ManifestDocument document, ManifestSet set, InputErrors errors, int depth)
    {
        MappingNode root = document.Root;
        Position at = root.At with { Source = document.Source };
        string? kind = DocumentKinds.Word(root, "kind"), version = DocumentKinds.Word(root, "apiVersion");
        string kindPath = NodePath.Member(document.Path, "kind"), versionPath = NodePath.Member(document.Path, "apiVersion");
        if (kind is null)
        {
            if (DocumentKinds.IsChart(root)) errors.Add(at, document.Path, "this describes a chart of Helm", UnfilledTemplate.Suggestion);
            else errors.Add(at, kindPath, "the field is required", $"add kind: one of {string.Join(", ", KubernetesFieldTable.Kinds)}");
            return;
        }
        if (root.Find("items") is { } items && kind.EndsWith("List", StringComparison.Ordinal))
        {
            foreach (MappingEntry entry in root.Entries)
            {
                if (entry.Key is not ("apiVersion" or "kind" or "metadata" or "items")) errors.Add(entry.KeyAt with { Source = document.Source }, NodePath.Key(document.Path, entry.Key), "the field is unknown", "a list has items");
            }
            if (items.Value.IsNull) return;
            if (items.Value is not SequenceNode list)
            {
                errors.Add(items.At with { Source = document.Source }, NodePath.Member(document.Path, "items"), $"expected a list, found {items.Value.Description}");
                return;
            }
            for (int i = 0; i < list.Items.Count; i++)
            {
                string path = NodePath.Item(NodePath.Member(document.Path, "items"), i);
                if (list.Items[i] is MappingNode item && (depth == 0 || DocumentKinds.Word(item, "kind") != "List")) Take(new(WithKind(item, kind, version), document.Source, path), set, errors, depth + 1);
                else errors.Add(list.Items[i].At with { Source = document.Source }, path, $"expected an object, found {list.Items[i].Description}");
            }
            return;
        }
        Position kindAt = root.Find("kind")!.At with { Source = document.Source };
        if (KindVersions.Of(kind) is not { } known)
        {
            string? near = NearestName.Find(kind, KubernetesFieldTable.Kinds);
            string group = version?.Contains('/', StringComparison.Ordinal) == true ? $" of {version[..version.IndexOf('/')]}" : "";
            errors.Add(kindAt, kindPath, $"nothing in the plane is a {(kind.Length > 63 ? kind[..63] + "..." : kind)}{group}", KindVersions.WhyNot(kind) ?? (near is not null ? $"did you mean {near}?" : $"read are {string.Join(", ", KubernetesFieldTable.Kinds)}; apply others with kubectl"));
            return;
        }
        MappingEntry? written = root.Find("apiVersion");
        if (version is null)
        {
            errors.Add(written?.At is { } there ? there with { Source = document.Source } : at, versionPath, "the field is required", $"write apiVersion: {known.Current}");
            return;
        }
        Position versionAt = written!.At with { Source = document.Source };
        if (known.Former.Contains(version)) errors.Warn(versionAt, versionPath, $"clusters of today do not know {version} any more; it is read as {known.Current}");
        else if (version != known.Current && !known.Alike.Contains(version))
        {
            errors.Add(versionAt, versionPath, $"a {kind} is read in version {string.Join(", ", (string[])[known.Current, .. known.Alike, .. known.Former])} alone", Rewritten(kind, known.Current));
            return;
        }
        set.Add(kind, document);
    }

    private static string Rewritten(string kind, string current) => kind == "Ingress"
        ? $"write apiVersion: {current}, with pathType and backend: {{ service: {{ name: NAME, port: {{ number: PORT }} }} }}"
        : $"write apiVersion: {current}";

    // Items of a DeploymentList need not say what they are.
    private static MappingNode WithKind(MappingNode item, string list, string? version)
    {
        if (list == "List" || version is null || item.Find("kind") is not null || item.Find("apiVersion") is not null) return item;
        return new MappingNode(item.At, [.. item.Entries, new("kind", item.At, new ScalarNode(item.At, list[..^4], ScalarType.Text)), new("apiVersion", item.At, new ScalarNode(item.At, version, ScalarType.Text))]);
    }
}
