using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>Which kind of object a workload's replicas are, or are made by. Pure.</summary>
internal static class WorkloadKind
{
    /// <summary>Deployments, StatefulSets, Jobs or CronJobs.</summary>
    public static ApiResource Of(WorkloadTemplate template) =>
        CronJobForm.IsFor(template) ? ApiResource.CronJobs
        : JobForm.IsFor(template) ? ApiResource.Jobs
        : StatefulSetForm.IsFor(template) ? ApiResource.StatefulSets
        : ApiResource.Deployments;
}
