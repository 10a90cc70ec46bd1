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
        CheckDomains(spec.FailureDomains ?? [], context);
        var nodes = new HashSet<string>();
        for (int i = 0; i < (spec.Nodes?.Count ?? 0); i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.nodes[{i}]");
            context.RequireName($"{path}.name", spec.Nodes![i].Name);
            if (!nodes.Add(spec.Nodes[i].Name)) context.Refuse(path, "a node is named once", "join the two");
        }
        if (spec.Kind != ClusterKind.Node && nodes.Count > 0)
            context.Refuse("spec.nodes", "only a native cluster (kind: node) has nodes that are ordered one by one", "cordon or drain the node with the cluster's own tools");
        CheckAdoptions(spec, context);
        if (spec.PricePerCoreHour < 0) context.Refuse("spec.pricePerCoreHour", "a price is not negative");
    }

    private static void CheckAdoptions(ClusterSpec spec, RuleContext context)
    {
        IReadOnlyList<Adoption> adoptions = spec.Adoptions ?? [];
        if (adoptions.Count > 0 && spec.Kind != ClusterKind.Swarm) context.Refuse("spec.adoptions", "only a swarm (kind: swarm) has services that can be adopted");
        var services = new HashSet<string>(StringComparer.Ordinal);
        var workloads = new HashSet<Identifiers.WorkloadKey>();
        for (int i = 0; i < adoptions.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.adoptions[{i}]");
            if (adoptions[i].Service.Length == 0) context.Refuse($"{path}.service", "a service has a name");
            if (!services.Add(adoptions[i].Service)) context.Refuse($"{path}.service", "a service is adopted once", "remove one");
            if (!workloads.Add(adoptions[i].Workload)) context.Refuse($"{path}.workload", "a workload adopts one service of a cluster", "name another workload, or remove one");
            IReadOnlyList<AdoptedVolume> volumes = adoptions[i].Volumes ?? [];
            for (int n = 0; n < volumes.Count; n++) context.RequireName(string.Create(CultureInfo.InvariantCulture, $"{path}.volumes[{n}].name"), volumes[n].Name);
            CheckFiles($"{path}.secrets", adoptions[i].Secrets ?? [], context);
            CheckFiles($"{path}.configs", adoptions[i].Configs ?? [], context);
        }
    }

    private static void CheckFiles(string path, IReadOnlyList<AdoptedFile> files, RuleContext context)
    {
        for (int i = 0; i < files.Count; i++)
        {
            if (files[i].Mode is { } mode && Workloads.OctalMode.Read(mode) is null)
                context.Refuse(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}].mode"), "rights are an octal number, such as 444");
        }
    }

    private static void CheckDomains(IReadOnlyList<FailureDomain> domains, RuleContext context)
    {
        var names = new HashSet<string>();
        for (int i = 0; i < domains.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.failureDomains[{i}]");
            context.RequireName($"{path}.name", domains[i].Name);
            if (!names.Add(domains[i].Name)) context.Refuse($"{path}.name", "a failure domain is named once", "name all its nodes in one");
            IReadOnlyList<string> nodes = domains[i].Nodes ?? [];
            if (nodes.Count == 0 && !domains[i].Management) context.Refuse($"{path}.nodes", "a failure domain holds nodes or the management API", "name its nodes, or remove it");
            var seen = new HashSet<string>();
            for (int n = 0; n < nodes.Count; n++)
            {
                string at = string.Create(CultureInfo.InvariantCulture, $"{path}.nodes[{n}]");
                context.RequireName(at, nodes[n]);
                if (!seen.Add(nodes[n])) context.Refuse(at, "a node is named once in a domain", "remove one");
            }
        }
    }
}
