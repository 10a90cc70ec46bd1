using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Federation.Adapters.Rendering;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Rendering;

/// <summary>
/// What the reconciler would ask a swarm's manager for an order, body by body, by the same forms. Names stand where a swarm's own ids do, and the agent's own books (the
/// term, where volumes lie) are left out. Pure.
/// </summary>
public static class SwarmRendering
{
    /// <summary>Renders one order.</summary>
    /// <param name="plane">Whose the swarm is.</param>
    /// <param name="spec">The workload.</param>
    /// <param name="desired">The order, with its material.</param>
    /// <param name="opener">Opens the material; of secrets only the keys are looked at.</param>
    public static OrderRendering Of(string plane, WorkloadSpec spec, DesiredAssignment desired, IMaterialOpener opener)
    {
        Assignment order = desired.Assignment;
        FieldNote[] missing = [.. MissingCapabilities.Of(spec, SwarmReconciler.Declared, "a swarm")];
        if (missing.Length > 0) return OrderRendering.Refused(missing);
        var names = new SwarmNames(plane, order.Cluster);
        var catalog = new MaterialCatalog(opener);
        if (catalog.FilesOf(names, desired, out string? refusal) is not { } files) return OrderRendering.Refused([new FieldNote("spec.template", refusal!)]);
        List<RenderedRequest> requests = [.. NetworkForm.Make(plane, names, order).Select(static network => new RenderedRequest("POST /networks/create", network.ToJson()))];
        var configs = new List<ConfigReference>();
        var secrets = new List<SecretReference>();
        foreach (MaterialFile file in files)
        {
            if (catalog.Open(file, out refusal) is not { } content) return OrderRendering.Refused([new FieldNote("spec.template", refusal!)]);
            JsonObject body = FileForm.Make(plane, order, file, content).ToJson();
            CryptographicOperations.ZeroMemory(content);
            if (file.IsSecret) body["Data"] = OrderRendering.Mask;
            requests.Add(new(file.IsSecret ? "POST /secrets/create" : "POST /configs/create", body));
            if (file.IsSecret) secrets.Add(new SecretReference { SecretId = file.Name, SecretName = file.Name, File = FileForm.Placed(file, order) });
            else configs.Add(new ConfigReference { ConfigId = file.Name, ConfigName = file.Name, File = FileForm.Placed(file, order) });
        }
        if (ServiceForm.TryMake(plane, names, order, NetworkForm.Joined(names, order), configs, secrets, home: null, out refusal) is not { } service) return OrderRendering.Refused([new FieldNote("spec.template", refusal!)]);
        requests.Add(new("POST /services/create", (service with { Mode = ServiceForm.Replicas(order.Replicas) }).ToJson()));
        return new OrderRendering(requests, [.. UnsaidFields.Of(spec)], []);
    }

    /// <summary>The requests for several orders: what several need is asked for once.</summary>
    public static IReadOnlyList<RenderedRequest> Together(IEnumerable<OrderRendering> orders) =>
        [.. orders.SelectMany(static order => order.Requests).DistinctBy(static request => $"{request.Request} {request.Body["Name"]}")];
}
