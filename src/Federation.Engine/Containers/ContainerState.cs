using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>Where a container is in its life.</summary>
public sealed record ContainerState
{
    /// <summary>The <see cref="ExitCode"/> of what was ended by SIGKILL, as a shell counts.</summary>
    public const int KilledCode = 137;

    /// <summary><c>created</c>, <c>running</c>, <c>paused</c>, <c>restarting</c>, <c>removing</c>, <c>exited</c> or <c>dead</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Whether its process is there.</summary>
    public bool Running { get; init; }

    /// <summary>Its first process, as its machine counts; 0 if there is none.</summary>
    public int Pid { get; init; }

    /// <summary>Of the last process that ended.</summary>
    public int ExitCode { get; init; }

    /// <summary>When its last process ended, by the daemon's clock; the year 1 if none has.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>Whether the kernel is known to have ended a process of it for want of memory: see <see cref="EngineClient.RanOutOfMemoryAsync"/>.</summary>
    [JsonPropertyName("OOMKilled")]
    public bool OutOfMemory { get; init; }

    /// <summary>Why it could not be started; empty if it could.</summary>
    public string Error { get; init; } = "";
}
