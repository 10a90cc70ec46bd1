using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>The claim of a volume, under the volume's own name. It is nobody's to take along: it stays until a person deletes it. Pure.</summary>
internal static class ClaimForm
{
    /// <summary>What paths of claims begin with.</summary>
    public const string Part = "claims.";

    /// <summary>Makes it: as its manifest says, and where that says nothing, for one node at a time and as large as this cluster's settings say.</summary>
    public static JsonObject Make(KubernetesNames names, Assignment order, VolumeReference volume, KubernetesOptions options)
    {
        JsonObject? part = CarriedFields.Of(order.Template).FirstOrDefault(field => field.Path == Part + volume.Name).Text is { } text ? CarriedFields.ValueOf(text) as JsonObject : null;
        JsonObject spec = part?["spec"]?.DeepClone() as JsonObject ?? [];
        if (spec["accessModes"] is null) spec["accessModes"] = new JsonArray("ReadWriteOnce");
        if (spec["resources"]?["requests"]?["storage"] is null) spec["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = options.VolumeSize } };
        if (spec["storageClassName"] is null && options.StorageClass is { } storage) spec["storageClassName"] = storage;
        JsonObject labels = part?["metadata"]?["labels"]?.DeepClone() as JsonObject ?? [], notes = part?["metadata"]?["annotations"]?.DeepClone() as JsonObject ?? [];
        labels[KubernetesLabels.Owner] = names.Owner();
        notes[KubernetesLabels.Tenant] = order.Workload.Tenant.Value;
        notes[KubernetesLabels.Namespace] = order.Workload.Namespace;
        return new JsonObject
        {
            ["apiVersion"] = ApiResource.PersistentVolumeClaims.ApiVersion,
            ["kind"] = ApiResource.PersistentVolumeClaims.Kind,
            ["metadata"] = new JsonObject { ["name"] = volume.Name, ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), ["labels"] = labels, ["annotations"] = notes },
            ["spec"] = spec,
        };
    }
}
