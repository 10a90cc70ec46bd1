using Federation.Domain.Identifiers;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Swarm.Reconciling;

public sealed partial class SwarmReconciler
{
    [LoggerMessage(EventId = 4201, Level = LogLevel.Information, Message = "Started with {Orders} orders, revision {Revision}, term {Term}")]
    private static partial void LogStarted(ILogger logger, int orders, long revision, long term);

    [LoggerMessage(EventId = 4202, Level = LogLevel.Information, Message = "Orders of revision {Revision}, term {Term}: {Count}")]
    private static partial void LogApplied(ILogger logger, long revision, long term, int count);

    [LoggerMessage(EventId = 4203, Level = LogLevel.Warning, Message = "The swarm cannot be seen: {Reason}; what runs goes on")]
    private static partial void LogUnseen(ILogger logger, string reason);

    [LoggerMessage(EventId = 4204, Level = LogLevel.Information, Message = "The swarm is seen again")]
    private static partial void LogSeen(ILogger logger);

    [LoggerMessage(EventId = 4205, Level = LogLevel.Error, Message = "Another agent obeys term {Higher} in this swarm, and this one term {Term}: nothing is written any more")]
    private static partial void LogSuperseded(ILogger logger, long higher, long term);

    [LoggerMessage(EventId = 4206, Level = LogLevel.Information, Message = "Service {Service} of {Assignment} is made with {Replicas} replicas")]
    private static partial void LogMade(ILogger logger, string service, AssignmentId assignment, int replicas);

    [LoggerMessage(EventId = 4207, Level = LogLevel.Information, Message = "Service {Service} of {Assignment} is told to have {Replicas} replicas")]
    private static partial void LogScaled(ILogger logger, string service, AssignmentId assignment, int replicas);

    [LoggerMessage(EventId = 4208, Level = LogLevel.Information, Message = "Service {Service} of {Assignment} is removed")]
    private static partial void LogRemoved(ILogger logger, string service, AssignmentId assignment);

    [LoggerMessage(EventId = 4209, Level = LogLevel.Warning, Message = "Service {Service} was changed by others and is repaired: {Fields}")]
    private static partial void LogRepaired(ILogger logger, string service, string fields);

    [LoggerMessage(EventId = 4210, Level = LogLevel.Warning, Message = "Order {Assignment} cannot be carried out: {Reason}")]
    private static partial void LogRefused(ILogger logger, AssignmentId assignment, string reason);

    [LoggerMessage(EventId = 4211, Level = LogLevel.Warning, Message = "Service {Service} carries this plane's marks under a name that is not its own: it is left as it is")]
    private static partial void LogStranger(ILogger logger, string service);

    [LoggerMessage(EventId = 4213, Level = LogLevel.Warning, Message = "The swarm refuses a step, which is tried again: {Reason}")]
    private static partial void LogHeld(ILogger logger, string reason);

    [LoggerMessage(EventId = 4214, Level = LogLevel.Information, Message = "Service {Service} is adopted as {Assignment}, {How}")]
    private static partial void LogAdopted(ILogger logger, string service, AssignmentId assignment, string how);

    [LoggerMessage(EventId = 4212, Level = LogLevel.Debug, Message = "{What} {Name} is not removed: {Reason}")]
    private static partial void LogKept(ILogger logger, string what, string name, string reason);

    [LoggerMessage(EventId = 4215, Level = LogLevel.Warning, Message = "Which swarm this is cannot be kept: {Reason}; it is tried again")]
    private static partial void LogNotPinned(ILogger logger, string reason);
}
