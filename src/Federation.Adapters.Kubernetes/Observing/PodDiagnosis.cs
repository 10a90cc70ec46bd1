using System.Globalization;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>
/// Says what a pod's status means: by its deletionTimestamp first, then its phase, then its containers, then its conditions. The phase alone says Running of a
/// crash loop and Pending of an image that never comes; and everything may be missing. Pure.
/// </summary>
internal static class PodDiagnosis
{
    /// <summary>Judges a pod.</summary>
    /// <param name="pod">The pod as it is.</param>
    /// <param name="node">Its node; null if it has none, or none is known.</param>
    /// <param name="warning">What the last warning about it said, for what only events tell: volumes, probes.</param>
    /// <param name="imageError">Why an image could not be pulled, as it was told once: while the node waits the pod says only that it waits.</param>
    public static PodState Of(Pod pod, Node? node = null, string? warning = null, string? imageError = null)
    {
        string? own = OwnContainer.Of(pod)?.Name;
        (string? lastEnd, int restarts) = Ends(pod, own);
        string? said = Words.Of(warning);
        PodState Judged(ReplicaState state, string? message, bool? succeeded = null) => new(state, message, lastEnd, restarts, succeeded);

        string? lost = node is null ? null : NodeDiagnosis.Loss(node);
        if (pod.Metadata.DeletionTimestamp is not null && pod.Status.Phase is not ("Succeeded" or "Failed"))
        {
            bool over = AllOver(pod);
            if (over && pod.Metadata.Finalizers is { Count: > 0 } finalizers) return Judged(ReplicaState.Stopping, $"has ended and is held by the finalizer {string.Join(", ", finalizers)}");
            // What a lost node runs is not known: neither running nor gone.
            return Judged(ReplicaState.Stopping, lost is null ? "is ending" : $"is to end, and may run still: {lost}");
        }
        if (pod.Status.Phase == "Succeeded") return Judged(ReplicaState.Ended, null, succeeded: true);
        if (pod.Status.Phase == "Failed") return Judged(ReplicaState.Ended, Failure(pod, lastEnd), succeeded: false);
        if (lost is not null) return Judged(ReplicaState.Unready, lost);
        Condition? scheduled = ConditionOf(pod, "PodScheduled");
        if (pod.Spec.NodeName is null)
        {
            string? nominated = pod.Status.NominatedNodeName is { Length: > 0 } name ? $"waits for room that is being made on the node {name}" : null;
            return Judged(ReplicaState.Starting, nominated ?? (scheduled is { Status: "False" } ? $"no node takes it: {Words.Of(scheduled.Message) ?? scheduled.Reason}" : "waits for a node"));
        }
        bool begun = HasBegun(pod);
        foreach (ContainerStatus init in pod.Status.InitContainerStatuses ?? [])
        {
            bool stays = IsSidecar(pod, init.Name);
            // One that stays holds up what comes after it until it has started once, and is judged with the others from then on.
            if (stays ? begun || init.Started == true : init is { Ready: true } or { State.Terminated.ExitCode: 0 }) continue;
            if (Trouble(pod, init, WordFor(pod, init.Name, many: true), imageError, said) is { } trouble) return Judged(trouble.State, trouble.Message);
            return Judged(ReplicaState.Starting, stays ? $"waits for its sidecar {init.Name} to start" : $"is being initialized by {init.Name}");
        }
        // Its own first: where several are in trouble, that says most.
        ContainerStatus[] statuses =
        [
            .. (pod.Status.ContainerStatuses ?? []).OrderByDescending(container => container.Name == own),
            .. (pod.Status.InitContainerStatuses ?? []).Where(init => IsSidecar(pod, init.Name)),
        ];
        bool many = statuses.Length > 1;
        foreach (ContainerStatus container in statuses)
            if (!container.Ready && Trouble(pod, container, WordFor(pod, container.Name, many), imageError, said) is { } trouble) return Judged(trouble.State, trouble.Message);
        if (ConditionOf(pod, "Ready") is { Status: "True" }) return Judged(ReplicaState.Ready, null);
        if (statuses.Length > 0 && Array.TrueForAll(statuses, static container => container.Ready))
        {
            Condition? gate = (pod.Status.Conditions ?? []).FirstOrDefault(static condition => condition is { Status: "False" } && condition.Type is not ("Ready" or "ContainersReady"));
            // Its kubelet says well, its node's controller not: the node went silent.
            return Judged(ReplicaState.Unready, gate is not null ? $"waits for the condition {gate.Type}{(Words.Of(gate.Message) is { } why ? ": " + why : "")}" : "its node does not answer");
        }
        string[] unready = [.. statuses.Where(static container => container is { Ready: false, State.Running: not null }).Select(static container => container.Name)];
        if (unready.Length == 0) return Judged(ReplicaState.Starting, said is null ? "is being created" : $"is being created: {said}");
        string which = many ? $"{WordFor(pod, unready[0], many)} runs" : "runs";
        return Judged(restarts > 0 ? ReplicaState.Unready : ReplicaState.Starting, $"{which} and is not ready{(said is null ? "" : $": {said}")}");
    }

    /// <summary>Why an image cannot be pulled, where a pod says it at the moment; null where it does not.</summary>
    public static string? ImageErrorOf(Pod pod) =>
        (pod.Status.InitContainerStatuses ?? []).Concat(pod.Status.ContainerStatuses ?? []).Select(static container => container.State?.Waiting)
            .FirstOrDefault(static waiting => waiting?.Reason == "ErrImagePull" && waiting.Message is { Length: > 0 })?.Message;

    // What keeps a container from being ready; null where it only takes its time.
    private static (ReplicaState State, string Message)? Trouble(Pod pod, ContainerStatus container, string which, string? imageError, string? warning)
    {
        string image = (pod.Spec.Containers ?? []).Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(form => form.Name == container.Name)?.Image ?? container.Image ?? "";
        if (container.State?.Terminated is { } ended)
            return (ReplicaState.BackOff, $"{which} has ended ({End(pod, container.Name, ended)}){(IsStartedAgain(pod, container.Name, ended) ? " and will be started again" : ", and its pod ends only with its other containers")}");
        if (container.State?.Waiting is not { } waiting) return null;
        string? why = Words.Of(waiting.Message);
        return waiting.Reason switch
        {
            "ErrImagePull" => (ReplicaState.Starting, $"the image {image} cannot be pulled: {why ?? "the node does not say why"}"),
            "ImagePullBackOff" => (ReplicaState.Starting, $"the image {image} cannot be pulled{(Words.Of(imageError) is { } told ? ": " + told : "")}; it is tried again"),
            "ErrImageNeverPull" => (ReplicaState.Starting, $"the image {image} is not on its node, and its pull policy is Never"),
            "InvalidImageName" => (ReplicaState.Starting, $"{image} is no name of an image: {why ?? "the node does not say why"}"),
            "ImageInspectError" or "RegistryUnavailable" => (ReplicaState.Starting, $"the image {image} cannot be used: {why ?? waiting.Reason}"),
            "CreateContainerConfigError" or "CreateContainerError" => (ReplicaState.Starting, $"{which} cannot be made: {why ?? "the node does not say why"}"),
            "RunContainerError" => (ReplicaState.BackOff, $"{which} cannot be started: {why ?? "the node does not say why"}"),
            "CrashLoopBackOff" => (ReplicaState.BackOff, container.LastState?.Terminated is { } last
                ? $"{which} ended {Times(container.RestartCount)} ({End(pod, container.Name, last)}){(warning is null ? "" : $": {warning}")}; it waits before it is started again"
                : $"{which} keeps ending; it waits before it is started again"),
            "ContainerCreating" or "PodInitializing" or null => warning is null ? null : (ReplicaState.Starting, $"is being created: {warning}"),
            _ => (ReplicaState.Starting, $"{which} waits ({waiting.Reason}){(why is null ? "" : $": {why}")}"),
        };
    }

    private static string Times(int restarts) => restarts switch
    {
        0 or 1 => "once",
        2 => "twice",
        _ => string.Create(CultureInfo.InvariantCulture, $"{restarts} times"),
    };

    private static string Failure(Pod pod, string? lastEnd)
    {
        string? why = Words.Of(pod.Status.Message);
        return pod.Status.Reason switch
        {
            "Evicted" => $"was evicted by its node: {why ?? "the node does not say why"}",
            "DeadlineExceeded" => "was ended: it ran longer than its deadline allows",
            { Length: > 0 } reason when reason.StartsWith("OutOf", StringComparison.Ordinal) => $"was refused by its node: {why ?? reason}",
            { Length: > 0 } reason => $"failed ({reason}){(why is null ? "" : $": {why}")}",
            _ => $"failed: {why ?? lastEnd ?? "its cluster does not say why"}",
        };
    }

    // How its own container ended last; where that never ended, or ended well in a pod that failed, the last end of another, by its name. And how often containers began anew.
    private static (string? LastEnd, int Restarts) Ends(Pod pod, string? own)
    {
        ContainerStatus[] all = [.. (pod.Status.InitContainerStatuses ?? []).Concat(pod.Status.ContainerStatuses ?? [])];
        ContainerTerminated? ended = null;
        (ContainerStatus Container, ContainerTerminated End)? other = null;
        foreach (ContainerStatus container in all)
        {
            if ((container.State?.Terminated ?? container.LastState?.Terminated) is not { } end) continue;
            if (container.Name == own) ended = end;
            // An init container that did its work has ended, which is no news; and no more is a sidecar that ended when it was told to.
            else if (end.ExitCode != 0 && (other is null || (end.FinishedAt ?? default) > (other.Value.End.FinishedAt ?? default))) other = (container, end);
        }
        string? last = other is { } one && (ended is null || (ended.ExitCode == 0 && pod.Status.Phase == "Failed")) ? $"{WordFor(pod, one.Container.Name, many: true)}: {End(pod, one.Container.Name, one.End)}"
            : ended is not null ? End(pod, own!, ended)
            : null;
        return (last, all.Sum(static container => container.RestartCount));
    }

    // An init container that stays beside the others and is started again as they are (1.28 and later).
    private static bool IsSidecar(Pod pod, string container) => (pod.Spec.InitContainers ?? []).Any(form => form.Name == container && form.RestartPolicy == "Always");

    private static string WordFor(Pod pod, string container, bool many) =>
        IsSidecar(pod, container) ? $"its sidecar {container}"
        : (pod.Spec.InitContainers ?? []).Any(form => form.Name == container) ? $"its init container {container}"
        : many ? $"its container {container}"
        : "its container";

    // Whether its initialization is over: what is waited for then is no init container.
    private static bool HasBegun(Pod pod) =>
        ConditionOf(pod, "Initialized") is { Status: "True" } || (pod.Status.ContainerStatuses ?? []).Any(static container => container.State is { Running: not null } or { Terminated: not null } || container.LastState?.Terminated is not null);

    private static bool IsStartedAgain(Pod pod, string container, ContainerTerminated end) => IsSidecar(pod, container) || pod.Spec.RestartPolicy switch { "Never" => false, "OnFailure" => end.ExitCode != 0, _ => true };

    private static string End(Pod pod, string container, ContainerTerminated end)
    {
        if (end.Reason == "OOMKilled")
        {
            string? limit = (pod.Spec.Containers ?? []).Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(form => form.Name == container)?.Resources?.Limits?.GetValueOrDefault("memory");
            return $"killed: {(limit is null ? "for want of memory" : $"above its memory limit of {limit}")}";
        }
        string? words = end.Reason is "StartError" or "ContainerCannotRun" ? Words.Of(end.Message) : Words.LastOf(end.Message);
        if (end.Reason is "StartError" or "ContainerCannotRun") return $"could not be started: {words ?? "the runtime does not say why"}";
        string how = end.ExitCode is > 128 and <= 192 ? string.Create(CultureInfo.InvariantCulture, $"killed by signal {end.ExitCode - 128}") : string.Create(CultureInfo.InvariantCulture, $"exit code {end.ExitCode}");
        return words is null ? how : $"{how}: {words}";
    }

    private static bool AllOver(Pod pod) => pod.Status.ContainerStatuses is { Count: > 0 } statuses && statuses.All(static container => container.State?.Terminated is not null || (container.State?.Running is null && container.LastState?.Terminated is not null))
        && (pod.Status.InitContainerStatuses ?? []).All(static init => init.State?.Running is null);

    private static Condition? ConditionOf(Pod pod, string type) => (pod.Status.Conditions ?? []).FirstOrDefault(condition => condition.Type == type);
}
