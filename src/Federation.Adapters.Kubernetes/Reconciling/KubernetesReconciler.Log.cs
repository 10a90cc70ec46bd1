using Federation.Domain.Identifiers;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Kubernetes.Reconciling;

public sealed partial class KubernetesReconciler
{
    [LoggerMessage(EventId = 4301, Level = LogLevel.Information, Message = "Started with {Orders} orders, revision {Revision}, term {Term}")]
    private static partial void LogStarted(ILogger logger, int orders, long revision, long term);

    [LoggerMessage(EventId = 4302, Level = LogLevel.Information, Message = "Orders of revision {Revision}, term {Term}: {Count}")]
    private static partial void LogApplied(ILogger logger, long revision, long term, int count);

    [LoggerMessage(EventId = 4303, Level = LogLevel.Warning, Message = "The cluster cannot be seen: {Reason}; what runs goes on")]
    private static partial void LogUnseen(ILogger logger, string reason);

    [LoggerMessage(EventId = 4304, Level = LogLevel.Information, Message = "The cluster is seen again")]
    private static partial void LogSeen(ILogger logger);

    [LoggerMessage(EventId = 4305, Level = LogLevel.Error, Message = "Another agent obeys term {Higher} in this cluster, and this one term {Term}: nothing is written any more")]
    private static partial void LogSuperseded(ILogger logger, long higher, long term);

    [LoggerMessage(EventId = 4306, Level = LogLevel.Information, Message = "Deployment {Deployment} of {Assignment} is made with {Replicas} replicas")]
    private static partial void LogMade(ILogger logger, string deployment, AssignmentId assignment, int replicas);

    [LoggerMessage(EventId = 4307, Level = LogLevel.Information, Message = "Deployment {Deployment} of {Assignment} is told to have {Replicas} replicas")]
    private static partial void LogScaled(ILogger logger, string deployment, AssignmentId assignment, int replicas);

    [LoggerMessage(EventId = 4308, Level = LogLevel.Information, Message = "Deployment {Deployment} of {Assignment} is removed")]
    private static partial void LogRemoved(ILogger logger, string deployment, AssignmentId assignment);

    [LoggerMessage(EventId = 4309, Level = LogLevel.Warning, Message = "Deployment {Deployment} was changed by others and is repaired")]
    private static partial void LogRepaired(ILogger logger, string deployment);

    [LoggerMessage(EventId = 4310, Level = LogLevel.Warning, Message = "Order {Assignment} cannot be carried out: {Reason}")]
    private static partial void LogRefused(ILogger logger, AssignmentId assignment, string reason);

    [LoggerMessage(EventId = 4312, Level = LogLevel.Information, Message = "Job {Job} of {Assignment} is made")]
    private static partial void LogJobMade(ILogger logger, string job, AssignmentId assignment);

    [LoggerMessage(EventId = 4313, Level = LogLevel.Information, Message = "Job {Job} of {Assignment} is removed")]
    private static partial void LogJobRemoved(ILogger logger, string job, AssignmentId assignment);

    [LoggerMessage(EventId = 4314, Level = LogLevel.Information, Message = "The cluster is told to leave {Least} pods of {Assignment} ready")]
    private static partial void LogGuarded(ILogger logger, AssignmentId assignment, int least);

    [LoggerMessage(EventId = 4315, Level = LogLevel.Warning, Message = "Of {Assignment}: {Reason}")]
    private static partial void LogUnguarded(ILogger logger, AssignmentId assignment, string reason);

    [LoggerMessage(EventId = 4316, Level = LogLevel.Information, Message = "The {Budget} is removed")]
    private static partial void LogBudgetRemoved(ILogger logger, string budget);

    [LoggerMessage(EventId = 4317, Level = LogLevel.Warning, Message = "Replicas that have no node port yet get none for now, and are reached through the API server: {Why}")]
    private static partial void LogNoNodePorts(ILogger logger, string why);

    [LoggerMessage(EventId = 4319, Level = LogLevel.Information, Message = "The {Object} is removed: what it went with declares it no more")]
    private static partial void LogBesideRemoved(ILogger logger, string @object);

    [LoggerMessage(EventId = 4311, Level = LogLevel.Warning, Message = "The cluster refuses a step, which is tried again: {Reason}")]
    private static partial void LogHeld(ILogger logger, string reason);

    [LoggerMessage(EventId = 4320, Level = LogLevel.Warning, Message = "Which cluster this is cannot be kept: {Reason}; it is tried again")]
    private static partial void LogNotPinned(ILogger logger, string reason);
}
