using System.Text.Json.Serialization;

namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>A pod.</summary>
internal sealed record Pod : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public PodSpec Spec { get; init; } = new();

    public PodStatus Status { get; init; } = new();
}

/// <summary>What a pod is to be.</summary>
internal sealed record PodSpec
{
    public string? NodeName { get; init; }

    public IReadOnlyList<ContainerForm>? Containers { get; init; }

    public IReadOnlyList<ContainerForm>? InitContainers { get; init; }

    public string? RestartPolicy { get; init; }

    public IReadOnlyDictionary<string, string>? Overhead { get; init; }
}

/// <summary>What a container is to be.</summary>
internal sealed record ContainerForm
{
    public string Name { get; init; } = "";

    public string? Image { get; init; }

    /// <summary><c>Always</c> for an init container that stays (a sidecar, from 1.28 on).</summary>
    public string? RestartPolicy { get; init; }

    public ResourceNeeds? Resources { get; init; }

    /// <summary>Whether its variables are those of a container that the plane has made, which no sidecar has.</summary>
    [JsonPropertyName("env"), JsonConverter(typeof(OwnVariable))]
    public bool IsOurs { get; init; }

    public IReadOnlyList<ContainerPort>? Ports { get; init; }
}

/// <summary>A port that a container listens on.</summary>
internal sealed record ContainerPort
{
    public string? Name { get; init; }

    [JsonPropertyName("containerPort")]
    public int Port { get; init; }

    public string? Protocol { get; init; }
}

/// <summary>What a container asks for and may take, as quantities.</summary>
internal sealed record ResourceNeeds
{
    public IReadOnlyDictionary<string, string>? Requests { get; init; }

    public IReadOnlyDictionary<string, string>? Limits { get; init; }
}

/// <summary>What a kubelet and a scheduler say of a pod. Its phase alone says little.</summary>
internal sealed record PodStatus
{
    public string? Phase { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? NominatedNodeName { get; init; }

    public string? PodIP { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>In no order: look names up.</summary>
    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }

    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; init; }
}

/// <summary>What a kubelet says of a container.</summary>
internal sealed record ContainerStatus
{
    public string Name { get; init; } = "";

    public bool Ready { get; init; }

    public bool? Started { get; init; }

    public int RestartCount { get; init; }

    public string? Image { get; init; }

    public ContainerState? State { get; init; }

    public ContainerState? LastState { get; init; }
}

/// <summary>Exactly one of the three, or none: then it waits.</summary>
internal sealed record ContainerState
{
    public ContainerWaiting? Waiting { get; init; }

    public ContainerRunning? Running { get; init; }

    public ContainerTerminated? Terminated { get; init; }
}

/// <summary>Why a container has not begun.</summary>
internal sealed record ContainerWaiting
{
    public string? Reason { get; init; }

    public string? Message { get; init; }
}

/// <summary>Since when a container runs.</summary>
internal sealed record ContainerRunning
{
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>How a container ended.</summary>
internal sealed record ContainerTerminated
{
    public int ExitCode { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
