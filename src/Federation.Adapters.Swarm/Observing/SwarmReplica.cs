using Federation.Adapters.Swarm.Adopting;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Identifiers;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>A task of ours that has not ended, or ended for good by its policy, and what is known of it beside what the swarm tells. Under the reconciler's lock.</summary>
internal sealed class SwarmReplica(SwarmTask task, TaskOwner owner, ReplicaForm form)
{
    /// <summary>As the swarm last told.</summary>
    public SwarmTask Task { get; set; } = task;

    /// <summary>Whose it is; of an adopted service's it is what the service says now.</summary>
    public TaskOwner Owner { get; set; } = owner;

    /// <summary>How it is reached, asked and ended: of its own template, which may be an older one.</summary>
    public ReplicaForm Form { get; set; } = form;

    /// <summary>The service that it is of, if that was adopted; null if the plane made it.</summary>
    public AdoptedService? Adopted { get; set; }

    public ReplicaId Id { get; } = new(task.Id);

    /// <summary>Whether it ended with exit code 0, of one that has ended and is not started again; null while it has not.</summary>
    public bool? Succeeded { get; set; }

    /// <summary>Whether its service is gone: the swarm ends it, and may not have told so yet.</summary>
    public bool Unserved { get; set; }

    /// <summary>Whether the swarm is ending it.</summary>
    public bool IsLeaving => Succeeded is null && (Unserved || Task.IsUnwanted());

    /// <summary>Where its ports are reached, once they are known.</summary>
    public IReadOnlyList<TaskEndpoint> Endpoints { get; set; } = [];

    /// <summary>The container whose ports they are, once all are known.</summary>
    public string? EndpointsOf { get; set; }

    /// <summary>Whether the last answers were good.</summary>
    public bool Ready { get; set; }

    /// <summary>Whether it was ever well.</summary>
    public bool WasReady { get; set; }

    /// <summary>Whether it was asked by this agent at all.</summary>
    public bool Asked { get; set; }

    public int Failures { get; set; }

    /// <summary>Why it is not well.</summary>
    public string? Complaint { get; set; }

    /// <summary>
    /// Whether it counts as well by the swarm's word alone: of an adopted service's nobody promised that its ports answer this agent, and what it did before goes on. It has no
    /// endpoint then.
    /// </summary>
    public bool IsOutOfReach => Adopted is not null && Complaint is not null;

    /// <summary>When it is asked next, by the clock's timestamps.</summary>
    public long ProbeAt { get; set; }

    public bool Probing { get; set; }

    /// <summary>How far it is on its way out of traffic.</summary>
    public DrainStage Drain { get; set; }

    /// <summary>When its drain is over.</summary>
    public long DrainUntil { get; set; }

    /// <summary>Its machine's name, once it has one.</summary>
    public string? Machine { get; set; }

    /// <summary>Why its machine is lost to the swarm; null while it is not.</summary>
    public string? Lost { get; set; }
}
