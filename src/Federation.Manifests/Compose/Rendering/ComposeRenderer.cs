using System.Text.Json.Nodes;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Foreign;

namespace Federation.Manifests.Compose.Rendering;

/// <summary>
/// Writes resources of one namespace as a Compose file, the reader's way back: what it is read to again is the same, but for what is told. Values of secrets are not written;
/// the file names files for them. What only the plane knows stands in <c>x-federation</c>, and is told, since engines pass over it.
/// </summary>
public static class ComposeRenderer
{
    private const string UsualDomain = "localhost";

    /// <summary>Writes a stack.</summary>
    /// <param name="resources">What it is made of; others than those of a namespace are told.</param>
    /// <param name="stack">Its name.</param>
    public static ComposeRendering Render(IReadOnlyList<Resource> resources, string stack)
    {
        var notes = new List<ComposeNote>();
        var refusals = new List<ComposeNote>();
        var definitions = new StackDefinitions(stack, resources, notes);
        string? domain = DomainOf(resources, stack);
        PlacementPolicy? policy = PolicyOf(resources, stack);
        var services = new JsonObject();
        foreach (Workload workload in resources.OfType<Workload>())
        {
            var writer = new ServiceWriter(definitions, workload, resources, domain ?? UsualDomain, policy, notes, refusals);
            services[workload.Metadata.Name] = writer.Write();
        }
        var file = new JsonObject { ["name"] = stack };
        if (policy is not null) ComposeTexts.Put(file, $"{ComposeKeys.Extension}.placement", ComposeTexts.Json(policy.Spec));
        if (domain is not null) ComposeTexts.Put(file, $"{ComposeKeys.Extension}.domain", domain);
        if (services.Count > 0) file["services"] = services;
        definitions.Write(file);
        foreach (Resource resource in resources) Tell(resource, stack, policy, resources, notes);
        return new ComposeRendering((JsonObject)ComposeTexts.Literal(file)!, notes, refusals);
    }

    /// <summary>The stack that resources belong to: that of their label; null where they have none, or several.</summary>
    /// <param name="resources">The resources.</param>
    public static string? StackOf(IEnumerable<Resource> resources) =>
        resources.Select(static resource => resource.Metadata.Labels?.GetValueOrDefault(StackLabel.Key)).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() is [var only] ? only : null;

    // Hosts that a stack gives its services by itself say which domain it has.
    private static string? DomainOf(IReadOnlyList<Resource> resources, string stack)
    {
        string[] domains = [.. resources.OfType<Route>().Select(route => DomainOf(route, stack)).OfType<string>().Distinct(StringComparer.Ordinal)];
        return domains is [var only] && only != UsualDomain ? only : null;
    }

    private static string? DomainOf(Route route, string stack)
    {
        string before = $".{ForeignNames.Of(stack)}.";
        return route.Spec.Host.StartsWith(route.Spec.Workload, StringComparison.Ordinal) && route.Spec.Host.IndexOf(before, StringComparison.Ordinal) is > 0 and var at ? route.Spec.Host[(at + before.Length)..] : null;
    }

    // A policy of the stack's own name is its placement, if none of its services is without it.
    private static PlacementPolicy? PolicyOf(IReadOnlyList<Resource> resources, string stack)
    {
        string name = ForeignNames.Of(stack);
        PlacementPolicy? found = resources.OfType<PlacementPolicy>().FirstOrDefault(policy => policy.Metadata.Name == name);
        return resources.OfType<Workload>().All(static workload => workload.Spec.PlacementPolicy is not null || workload.Spec.Placement is not null) ? found : null;
    }

    private static void Tell(Resource resource, string stack, PlacementPolicy? policy, IReadOnlyList<Resource> all, List<ComposeNote> notes)
    {
        switch (resource)
        {
            case PlacementPolicy own when own == policy:
                notes.Add(new(resource, "spec", "it stands in x-federation: the plane alone reads it"));
                break;
            case PlacementPolicy:
                if (!all.OfType<Workload>().Any(workload => workload.Spec.PlacementPolicy == resource.Metadata.Name)) notes.Add(new(resource, "spec", "no workload of the input has it: a Compose file does not say it"));
                break;
            case Route route:
                if (!all.OfType<Workload>().Any(workload => workload.Metadata.Name == route.Spec.Workload)) notes.Add(new(resource, "spec.workload", $"the workload {route.Spec.Workload} is not part of the input: its route is not written"));
                break;
            case Workload or Config or Secret or Volume:
                break;
            default:
                notes.Add(new(resource, "", "a Compose file has no word for it"));
                return;
        }
        foreach ((string key, _) in resource.Metadata.Labels ?? new Dictionary<string, string>())
        {
            if (key != StackLabel.Key) notes.Add(new(resource, $"metadata.labels[\"{key}\"]", "a Compose file labels containers and services, and no resource of the plane"));
            else if (resource.Metadata.Labels![key] != stack) notes.Add(new(resource, $"metadata.labels[\"{key}\"]", $"it becomes one of the stack {stack}"));
        }
        if (resource is Config or Secret or Volume) return;
        foreach ((string key, _) in resource.Metadata.Annotations ?? new Dictionary<string, string>())
            notes.Add(new(resource, $"metadata.annotations[\"{key}\"]", "a Compose file says nothing of a resource of the plane"));
    }
}
