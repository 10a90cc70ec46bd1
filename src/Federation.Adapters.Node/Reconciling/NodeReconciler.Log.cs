using Federation.Domain.Identifiers;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Node.Reconciling;

public sealed partial class NodeReconciler
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "Adopted {Replicas} running replicas; {Assignments} assignments at revision {Revision}, term {Term}")]
    private static partial void LogAdopted(ILogger logger, int replicas, int assignments, long revision, long term);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "Obeying revision {Revision}, term {Term}: {Upserts} assignments new or changed, {Removals} removed")]
    private static partial void LogApplied(ILogger logger, long revision, long term, int upserts, int removals);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Information, Message = "Replica {Replica} started, process {Attempt}")]
    private static partial void LogStarted(ILogger logger, ReplicaId replica, int attempt);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "Replica {Replica} was not started: {Reason}")]
    private static partial void LogRefused(ILogger logger, ReplicaId replica, string reason);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Information, Message = "Replica {Replica} ended: {End}")]
    private static partial void LogEnded(ILogger logger, ReplicaId replica, string end);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Information, Message = "Replica {Replica} is on its way out")]
    private static partial void LogRetiring(ILogger logger, ReplicaId replica);

    [LoggerMessage(EventId = 5007, Level = LogLevel.Warning, Message = "The node's lease has ended: {Count} singletons are ended")]
    private static partial void LogFenced(ILogger logger, int count);

    [LoggerMessage(EventId = 5008, Level = LogLevel.Error, Message = "The node's state cannot be written, nothing new starts until it can")]
    private static partial void LogJournalFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 5009, Level = LogLevel.Warning, Message = "What replica {Replica} left cannot be removed yet")]
    private static partial void LogRemovalFailed(ILogger logger, Exception exception, ReplicaId replica);

    [LoggerMessage(EventId = 5010, Level = LogLevel.Warning, Message = "The order {Assignment} is withheld: {Reason}")]
    private static partial void LogWithheld(ILogger logger, AssignmentId assignment, string reason);
}
