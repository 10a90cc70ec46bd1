using Federation.Domain.Resources;
using Federation.Domain.Resources.Rules;
using Federation.Manifests.Nodes;
using Federation.Manifests.Ownership;
using Federation.Manifests.Shapes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Binding;

/// <summary>Binds one document: a resource, or a list of them as <c>fedctl get -o yaml</c> prints it.</summary>
/// <param name="source">What errors call the file.</param>
/// <param name="errors">Takes every broken rule.</param>
/// <param name="partial">Whether a document may be part of a resource: what is required and the rules of the whole are not asked for.</param>
internal sealed class DocumentBinder(string source, DocumentErrors errors, bool partial)
{
    private const string ApiVersionField = "apiVersion";
    private const string KindField = "kind";
    private const string ListSuffix = "List";

    private static readonly string[] HeaderFields = [ApiVersionField, KindField];
    private static readonly string[] ListFields = [ApiVersionField, KindField, "metadata", "cursor", "continue", "items"];

    public IEnumerable<DeclaredResource> Bind(Node root)
    {
        if (root is MappingNode mapping && Word(mapping, KindField) is { } kind && IsListKind(kind)) return BindList(mapping);
        return BindResource(root, "") is { } resource ? [resource] : [];
    }

    private static bool IsListKind(string kind) =>
        kind == ListSuffix || (kind.EndsWith(ListSuffix, StringComparison.Ordinal) && ResourceKind.All.Any(known => known.Name + ListSuffix == kind));

    private List<DeclaredResource> BindList(MappingNode list)
    {
        CheckApiVersion(list, "");
        foreach (MappingEntry entry in list.Entries)
        {
            if (!ListFields.Contains(entry.Key)) errors.Add(entry.KeyAt, NodePath.Key("", entry.Key), "the field is unknown", "a list has items");
        }
        foreach (MappingEntry duplicate in list.Duplicates) errors.Add(duplicate.KeyAt, NodePath.Key("", duplicate.Key), "the field is given twice", "remove one");
        if (list.Find("items") is not { Value: SequenceNode items })
        {
            errors.Add(list.Find("items")?.At ?? list.At, "items", "a list has items", "write the resources under items, or as documents separated by ---");
            return [];
        }
        var resources = new List<DeclaredResource>();
        for (int i = 0; i < items.Items.Count; i++)
        {
            if (BindResource(items.Items[i], NodePath.Item("items", i)) is { } resource) resources.Add(resource);
        }
        return resources;
    }

    private DeclaredResource? BindResource(Node root, string path)
    {
        if (root is not MappingNode mapping)
        {
            errors.Add(root.At, path, $"a resource is a mapping, found {root.Description}", "begin with apiVersion: federation/v1");
            return null;
        }
        int before = errors.Count;
        bool readable = CheckApiVersion(mapping, path);
        if (CheckKind(mapping, path, readable) is not { } kind || !readable) return null;

        var binder = new ShapeBinder(errors, confidential: kind.Name == "Secret", partial);
        var resource = (Resource)binder.BindComposite(mapping, ShapeReflection.Of(kind), path, mapping.At, HeaderFields);
        if (binder.Whole && !partial) CheckRules(resource, mapping, path, before);
        return errors.Count == before ? new(resource, kind, source, mapping.At.Line, WrittenFields.Of(mapping, kind, resource)) : null;
    }

    // A rule broken at, around or inside a place that has an error already is most likely that error's consequence.
    private void CheckRules(Resource resource, MappingNode mapping, string path, int before)
    {
        IReadOnlyList<string> told = errors.PathsFrom(before);
        foreach (RuleViolation violation in ResourceRules.Check(resource))
        {
            string full = NodePath.Member(path, violation.Path);
            if (told.Any(other => NodePath.IsAround(full, other) || NodePath.IsAround(other, full))) continue;
            errors.Add(NodePath.Locate(mapping, violation.Path), full, violation.Rule, violation.Suggestion);
        }
    }

    private bool CheckApiVersion(MappingNode mapping, string path)
    {
        string field = NodePath.Member(path, ApiVersionField);
        if (mapping.Find(ApiVersionField) is not { Value.IsNull: false } entry)
        {
            // Whether the rest is meant for this program can still be told by its kind.
            errors.Add(mapping.At, field, "the field is required", $"add apiVersion: {Resource.Version}");
            return true;
        }
        if (entry.Value is ScalarNode { Text: Resource.Version }) return true;
        string? version = (entry.Value as ScalarNode)?.Text;
        bool foreign = version is not null && (version.StartsWith('v') || version.Contains(".k8s.io/", StringComparison.Ordinal) || version.StartsWith("apps/", StringComparison.Ordinal) || version.StartsWith("batch/", StringComparison.Ordinal));
        errors.Add(entry.At, field, $"must be {Resource.Version}", foreign ? $"this looks like a Kubernetes manifest; only {Resource.Version} is read here" : $"write apiVersion: {Resource.Version}");
        return false;
    }

    private ResourceKind? CheckKind(MappingNode mapping, string path, bool readable)
    {
        string field = NodePath.Member(path, KindField);
        string known = string.Join(", ", ResourceKind.All.Select(static kind => kind.Name));
        if (mapping.Find(KindField) is not { Value.IsNull: false } entry)
        {
            errors.Add(mapping.At, field, "the field is required", $"add kind: one of {known}");
            return null;
        }
        string? name = (entry.Value as ScalarNode)?.Text;
        if (ResourceKind.All.FirstOrDefault(kind => kind.Name == name) is { } found) return found;
        if (!readable) return null; // A foreign document's kind is foreign too: one error says it.
        string? nearest = name is null ? null : ResourceKind.Find(name)?.Name ?? NearestName.Find(name, ResourceKind.All.Select(static kind => kind.Name));
        errors.Add(entry.At, field, "the kind is unknown", nearest is null ? $"known are {known}" : $"did you mean {nearest}?");
        return null;
    }

    private static string? Word(MappingNode mapping, string field) => (mapping.Find(field)?.Value as ScalarNode)?.Text;
}
