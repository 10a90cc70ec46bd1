using System.Text;

namespace Federation.Domain.Resources.Rules;

internal static class MetadataRules
{
    private const int MaxAnnotationBytes = 256 << 10;

    // The plane itself gives clusters these labels: a label of the user under the same key would be ambiguous.
    private static readonly string[] ComputedLabels = ["federation/cluster", "federation/kind"];

    public static void Check(Resource resource, RuleContext context)
    {
        ResourceMetadata metadata = resource.Metadata;
        context.RequireName("metadata.name", metadata.Name);
        bool namespaced = ResourceKind.All.First(kind => kind.Type == resource.GetType()).Namespaced;
        if (namespaced) context.RequireName("metadata.namespace", metadata.Namespace);
        else if (metadata.Namespace is not null) context.Refuse("metadata.namespace", $"a {resource.Kind} lies outside namespaces", "remove it");

        foreach ((string key, string value) in metadata.Labels ?? new Dictionary<string, string>())
        {
            string path = RuleContext.KeyPath("metadata.labels", key);
            if (LabelSyntax.KeyViolation(key) is { } keyRule) context.Refuse(path, keyRule);
            else if (ComputedLabels.Contains(key)) context.Refuse(path, $"the label {key} is given by the plane", "remove it");
            if (LabelSyntax.ValueViolation(value) is { } valueRule) context.Refuse(path, valueRule, "put free text into metadata.annotations");
        }

        long annotationBytes = 0;
        foreach ((string key, string value) in metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (LabelSyntax.KeyViolation(key) is { } rule) context.Refuse(RuleContext.KeyPath("metadata.annotations", key), rule.Replace("a label's", "an annotation's", StringComparison.Ordinal));
            annotationBytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }
        if (annotationBytes > MaxAnnotationBytes) context.Refuse("metadata.annotations", $"annotations have at most {MaxAnnotationBytes} bytes in all, these have {annotationBytes}");
    }
}
