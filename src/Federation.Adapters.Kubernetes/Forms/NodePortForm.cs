using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// The Service of the type NodePort by which one replica is reached at its node. It leads to one pod alone, by a label with that pod's uid: one for a whole workload would lead to whatever pod of it is on
/// the node, so also to one of another revision, or to one that is out of traffic; and to pods on other nodes, where the call comes from inside the cluster. It goes with its pod. Pure.
/// </summary>
internal static class NodePortForm
{
    /// <summary>Whether a pod of this form has a port that a tunnel leads to.</summary>
    public static bool IsFor(PodForm form) => form.Reached.Any(IsReached);

    /// <summary>Datagrams go through no tunnel.</summary>
    public static bool IsReached(PodPort port) => port.Protocol.Connects();

    /// <summary>The Service of a pod.</summary>
    public static JsonObject Make(KubernetesNames names, Pod pod, PodOwner owner, PodForm form)
    {
        string uid = pod.Metadata.Uid!;
        return new JsonObject
        {
            ["apiVersion"] = ApiResource.Services.ApiVersion,
            ["kind"] = ApiResource.Services.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = names.NodePort(owner.Workload, uid),
                ["namespace"] = pod.Metadata.Namespace,
                ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Pod] = uid },
                ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = ApiResource.Pods.ApiVersion, ["kind"] = ApiResource.Pods.Kind, ["name"] = pod.Metadata.Name, ["uid"] = uid }),
            },
            ["spec"] = new JsonObject
            {
                ["type"] = "NodePort",
                // Other nodes let nobody through to it, and the pod sees who calls.
                ["externalTrafficPolicy"] = "Local",
                // Who is ready is the plane's to judge; and the way is there before the pod is.
                ["publishNotReadyAddresses"] = true,
                ["selector"] = new JsonObject { [KubernetesLabels.Pod] = uid },
                ["ports"] = new JsonArray([.. form.Reached.Where(IsReached).DistinctBy(static port => port.Number).Select(static port => new JsonObject
                {
                    ["name"] = port.Name,
                    ["port"] = port.Number,
                    ["protocol"] = "TCP",
                    ["targetPort"] = port.Number,
                })]),
            },
        };
    }
}
