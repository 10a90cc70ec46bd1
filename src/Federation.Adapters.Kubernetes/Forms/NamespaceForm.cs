using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>The namespace of what is ours: a tenant's, or the plane's own. Pure.</summary>
internal static class NamespaceForm
{
    /// <summary>Makes it.</summary>
    /// <param name="names">How things are named.</param>
    /// <param name="space">Its name.</param>
    /// <param name="order">Whose it is; the plane's own if null.</param>
    public static JsonObject Make(KubernetesNames names, string space, Assignment? order)
    {
        var metadata = new JsonObject { ["name"] = space, ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner() } };
        if (order is not null) metadata["annotations"] = new JsonObject { [KubernetesLabels.Tenant] = order.Workload.Tenant.Value, [KubernetesLabels.Namespace] = order.Workload.Namespace };
        return new JsonObject { ["apiVersion"] = ApiResource.Namespaces.ApiVersion, ["kind"] = ApiResource.Namespaces.Kind, ["metadata"] = metadata };
    }
}
