using System.Security.Cryptography;
using System.Text;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Adopting;

/// <summary>
/// The marks of adopted services. They stand on the service alone: a mark on its containers would make the swarm start them anew. Beside those of every service of ours there is one
/// that says what program ran when it was adopted, by which a change of others is noticed. Pure.
/// </summary>
internal static class AdoptedServices
{
    /// <summary>The label whose value tells the program.</summary>
    public const string Label = "federation.adopted";

    /// <summary>The revision of what runs otherwise than its workload says: something older than whatever is ordered.</summary>
    public static readonly TemplateRevision Otherwise = new("adopted");

    /// <summary>Whether a service of ours is one that was adopted: it has kept its own name.</summary>
    public static bool Is(ServiceSpec service) => service.Labels?.ContainsKey(Label) == true;

    /// <summary>The adopted ones of a swarm, by the swarm's ids.</summary>
    /// <param name="services">All services.</param>
    /// <param name="plane">Whose the marks are.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="before">Those of the look before: one that has lost its marks since is known by them once more.</param>
    public static IReadOnlyDictionary<string, AdoptedService> In(IReadOnlyList<SwarmService> services, string plane, ClusterId cluster, IReadOnlyDictionary<string, AdoptedService> before)
    {
        var adopted = new Dictionary<string, AdoptedService>(StringComparer.Ordinal);
        foreach (SwarmService service in services)
        {
            if (!Is(service.Spec) || OwnerOf(service.Spec, plane, cluster) is not { } owner)
            {
                if (before.GetValueOrDefault(service.Id) is { IsUnmarked: false } known) adopted[service.Id] = known with { IsUnmarked = true };
                continue;
            }
            adopted[service.Id] = new AdoptedService(owner, ReplicaForm.Read(service.Spec.Labels), [.. (service.Endpoint?.Ports ?? []).Where(static port => port is { PublishMode: "ingress", PublishedPort: > 0 })]);
        }
        return adopted;
    }

    /// <summary>Whose a service of ours is. An adopted one whose program others have changed is no longer of the revision that it was adopted as.</summary>
    public static TaskOwner? OwnerOf(ServiceSpec service, string plane, ClusterId cluster)
    {
        if (SwarmLabels.OwnerOf(service.Labels, plane, cluster) is not { } owner) return null;
        return Is(service) && service.Labels![Label] != ProgramOf(service) ? owner with { Revision = Otherwise } : owner;
    }

    /// <summary>The labels of a service once it is adopted: its own, and the marks.</summary>
    /// <param name="plane">Whose it is from now on.</param>
    /// <param name="order">The order that it carries out.</param>
    /// <param name="service">What it is.</param>
    /// <param name="asOrdered">Whether its tasks run what the order says.</param>
    public static IReadOnlyDictionary<string, string> Marked(string plane, Assignment order, ServiceSpec service, bool asOrdered)
    {
        SortedDictionary<string, string> labels = SwarmLabels.Of(plane, order);
        if (!asOrdered) labels[SwarmLabels.Revision] = Otherwise.Value;
        labels[Label] = ProgramOf(service);
        labels[ReplicaForm.Label] = ReplicaForm.Of(order.Template).ToText();
        return SwarmLabels.With(labels, service.Labels);
    }

    // What a program is, in fields that an engine's later version does not fill in by itself.
    private static string ProgramOf(ServiceSpec service)
    {
        TaskContainerSpec? container = service.TaskTemplate.ContainerSpec;
        var text = new StringBuilder();
        foreach (IEnumerable<string> part in (IEnumerable<string>[])[[container?.Image ?? ""], container?.Command ?? [], container?.Args ?? [], container?.Env ?? [], [container?.Dir ?? ""], [container?.User ?? ""]])
        {
            foreach (string one in part) text.Append(one.Length).Append(':').Append(one);
            text.Append(';');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
