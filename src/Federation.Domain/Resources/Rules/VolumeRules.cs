using Federation.Domain.Volumes;

namespace Federation.Domain.Resources.Rules;

internal static class VolumeRules
{
    public static void Check(VolumeSpec spec, RuleContext context)
    {
        context.RequireName("spec.cluster", spec.Cluster);
        context.RequireName("spec.node", spec.Node);
        if (spec.Shared && (spec.Cluster ?? spec.Node) is not null) context.Refuse("spec.shared", "a shared volume has no home", "remove cluster and node");
        if (spec.Node is not null && spec.Cluster is null) context.Refuse("spec.node", "a node is named together with its cluster", "add cluster");
    }
}
