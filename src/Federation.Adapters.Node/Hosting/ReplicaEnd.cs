using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Hosting;

/// <summary>A replica's process has ended.</summary>
/// <param name="Id">The replica.</param>
/// <param name="Attempt">Which of its processes.</param>
/// <param name="ExitCode">Its exit code; null if it was ended by a signal or nobody saw how it ended.</param>
/// <param name="Description">How it ended, for a person.</param>
/// <param name="Began">False if nothing of the program ever ran: it is tried again whatever its restart policy says.</param>
/// <param name="Fenced">Whether it was ended because the node's lease had: no fault of its own.</param>
public sealed record ReplicaEnd(ReplicaId Id, int Attempt, int? ExitCode, string Description, bool Began = true, bool Fenced = false)
{
    /// <summary>How it ended where the node's lease had, for a person.</summary>
    public const string LeaseEnded = "stopped: the node's lease had ended";
}
