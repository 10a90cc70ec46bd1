using System.Globalization;
using Federation.Domain.Clusters;

namespace Federation.Domain.Resources.Rules;

internal static class ClusterRules
{
    public static void Check(ClusterSpec spec, RuleContext context)
    {
        IReadOnlyList<Taint> taints = spec.Taints ?? [];
        var seen = new HashSet<(string, TaintEffect)>();
        for (int i = 0; i < taints.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.taints[{i}]");
            if (LabelSyntax.KeyViolation(taints[i].Key) is { } rule) context.Refuse($"{path}.key", rule);
            if (taints[i].Value is { } value && LabelSyntax.ValueViolation(value) is { } valueRule) context.Refuse($"{path}.value", valueRule);
            if (!seen.Add((taints[i].Key, taints[i].Effect)))
                context.Refuse(path, "a key and effect are given once");
        }
        if (spec.PricePerCoreHour < 0) context.Refuse("spec.pricePerCoreHour", "a price is not negative");
    }
}
