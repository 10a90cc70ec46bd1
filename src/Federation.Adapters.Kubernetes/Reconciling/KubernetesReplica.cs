using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>
/// A pod of ours that has not ended for good, or a Job or CronJob of ours with its newest pod; and what is known of it beside what the cluster tells. Under the reconciler's lock.
/// </summary>
internal sealed class KubernetesReplica(Pod pod, PodOwner owner, PodForm form)
{
    /// <summary>As the cluster last told. Of a Job without a pod one that only has its name.</summary>
    public Pod Pod { get; set; } = pod;

    /// <summary>The Job that the replica is; null where it is a pod.</summary>
    public Job? Job { get; set; }

    /// <summary>The CronJob that the replica is; null where it is none.</summary>
    public ReplicatedObject? Cron { get; set; }

    /// <summary>The look that found it last, by number.</summary>
    public long SeenAt { get; set; }

    public PodOwner Owner { get; } = owner;

    /// <summary>How it is reached and ended: of its own template, which may be an older one.</summary>
    public PodForm Form { get; } = form;

    /// <summary>Uids, for the names of pods come back.</summary>
    public ReplicaId Id { get; } = new(pod.Metadata.Uid!);

    /// <summary>What its status means.</summary>
    public PodState State { get; set; } = null!;

    /// <summary>What its pod was last judged to be, and by what.</summary>
    public (Pod Pod, Node? Node, string? Warning, PodState State)? Judged { get; set; }

    /// <summary>What was last told of it, and what that was made of.</summary>
    public (Pod Pod, Job? Job, PodState State, DrainStage Drain, string? Contested, ReplicaObservation Observation)? Told { get; set; }

    /// <summary>How a pod of its Job ended last, as it was seen: a pod may go before its Job says that it failed.</summary>
    public string? LastEnd { get; set; }

    /// <summary>When its Job was first seen to have failed.</summary>
    public long? FailedAt { get; set; }

    /// <summary>Whether it was ever well.</summary>
    public bool WasReady { get; set; }

    /// <summary>Why its image could not be pulled, as it was told once.</summary>
    public string? ImageError { get; set; }

    /// <summary>The name of the Service that gives its pod node ports, and the pod's uid, of which the name is made.</summary>
    public (string Uid, string Name)? NodePort { get; set; }

    /// <summary>How far it is on its way out of traffic.</summary>
    public DrainStage Drain { get; set; }

    /// <summary>When its drain is over.</summary>
    public long DrainUntil { get; set; }

    /// <summary>Since when what made it is gone or going, and it is not seen ending; null while it is there, and of a Job or CronJob.</summary>
    public long? UnownedSince { get; set; }

    /// <summary>The Deployment that it is of.</summary>
    public string Deployment => Pod.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Deployment) ?? "";

    /// <summary>Whether the cluster is ending it.</summary>
    public bool IsEnding => (Cron?.Metadata ?? Job?.Metadata ?? Pod.Metadata).DeletionTimestamp is not null;
}
