using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// How many pods of a workload the cluster must leave ready when it empties a node, as a PodDisruptionBudget: one for the pods of all its revisions. It says a number, never a share: what
/// that is a share of is counted over all clusters. Pure.
/// </summary>
internal static class BudgetForm
{
    /// <summary>Whether an order has one. What runs to its end or begins by the clock has none.</summary>
    public static bool IsFor(Assignment order) => order.LeastReady is not null && !JobForm.IsFor(order.Template) && !CronJobForm.IsFor(order.Template);

    /// <summary>Makes it.</summary>
    /// <param name="plane">The plane's id.</param>
    /// <param name="names">The names of this plane and cluster.</param>
    /// <param name="order">The order.</param>
    /// <param name="resource">The version in which the server has it.</param>
    /// <param name="leastReady">How many pods must stay ready, those included that the plane has taken out of traffic: the cluster counts them.</param>
    public static JsonObject Make(string plane, KubernetesNames names, Assignment order, ApiResource resource, int leastReady)
    {
        string mark = names.Workload(order.Workload);
        JsonObject notes = KubernetesLabels.AnnotationsOf(plane, order);
        notes.Remove(KubernetesLabels.Revision);
        return new JsonObject
        {
            ["apiVersion"] = resource.ApiVersion,
            ["kind"] = resource.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = names.Budget(order.Workload),
                ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace),
                ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Workload] = mark },
                ["annotations"] = notes,
            },
            ["spec"] = new JsonObject { ["minAvailable"] = leastReady, ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [KubernetesLabels.Workload] = mark } } },
        };
    }
}
