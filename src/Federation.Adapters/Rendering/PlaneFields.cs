using Federation.Domain.Workloads;

namespace Federation.Adapters.Rendering;

/// <summary>What the plane itself carries out of a workload, so that no cluster that runs containers is told of it. Pure.</summary>
public static class PlaneFields
{
    private const string Container = "spec.template.container";

    /// <summary>The fields that say something.</summary>
    public static IEnumerable<FieldNote> Of(WorkloadSpec spec)
    {
        if (spec.Update != new UpdateStrategy()) yield return new FieldNote("spec.update", "the plane replaces replicas by it, over all clusters");
        if (spec.RevisionHistoryLimit != new WorkloadSpec().RevisionHistoryLimit) yield return new FieldNote("spec.revisionHistoryLimit", "the plane keeps earlier templates");
        foreach ((string path, object? value) in ((string, object?)[])[
            ("spec.disruption", spec.Disruption), ("spec.pins", spec.Pins is { Count: > 0 } pins ? pins : null), ("spec.placementPolicy", spec.PlacementPolicy), ("spec.placement", spec.Placement), ("spec.failover", spec.Failover)])
        {
            if (value is not null) yield return new FieldNote(path, "the plane decides by it where replicas run");
        }
        WorkloadTemplate template = spec.Template;
        if (template.Process is not null) yield return new FieldNote("spec.template.process", "it is run by native nodes alone");
        for (int i = 0; i < (template.Ports?.Count ?? 0); i++)
        {
            if (template.Ports![i] is { PublishedPort: not null, Publish: PublishMode.Ingress } port)
                yield return new FieldNote(FormattableString.Invariant($"spec.template.ports[{i}].publishedPort"), port.Protocol.Connects()
                    ? "the cluster does not open it: the plane's own ingress leads to the port, by its Route"
                    : "the cluster does not open it, and the plane's own ingress carries no datagrams: publish it on the machine of its replica (mode host)");
        }
        if (TemplateNetworks.AreClosed(template) && template.Ports is { Count: > 0 })
            yield return new FieldNote("spec.template.ports", "none of its networks leads outside: others in them reach the ports, and the plane does not");
        if (template.Container is not { } container) yield break;
        for (int i = 0; i < (container.Binds?.Count ?? 0); i++)
        {
            if (container.Binds![i].Selinux is not null)
                yield return new FieldNote(FormattableString.Invariant($"{Container}.binds[{i}].selinux"), "the cluster gives no folder another label: where SELinux is enforced, label it on the machine");
        }
        if (container.Update is not null) yield return new FieldNote($"{Container}.update", "replicas are replaced by the plane's own steps, and not by the cluster");
        if (container.Rollback is not null) yield return new FieldNote($"{Container}.rollback", "replicas are replaced by the plane's own steps, and not by the cluster");
        if (ContainerNeeds.RunsOnEachMachine(template)) yield return new FieldNote($"{Container}.mode", "the plane asks for as many replicas as the cluster has machines for them, of which none shares its machine with another; shown for one");
        if (container.Mode == ContainerMode.ReplicatedJob) yield return new FieldNote($"{Container}.mode", "that it runs to its end is told by its restart condition");
        if (container.DomainName is not null) yield return new FieldNote($"{Container}.domainName", "such clusters give names alone, and no domain");
        if (container.Platform is not null) yield return new FieldNote($"{Container}.platform", "the cluster takes the image for the machine that it chooses; a node term on the platform says which");
    }
}
