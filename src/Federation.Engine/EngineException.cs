using System.Net;

namespace Federation.Engine;

/// <summary>The engine refused, or could not be spoken with. The message is the daemon's own where it gave one.</summary>
public sealed class EngineException : IOException
{
    /// <summary>A refusal by the daemon.</summary>
    public EngineException(HttpStatusCode status, string message) : base(message) => Status = status;

    /// <summary>No answer, or none that can be understood.</summary>
    public EngineException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The daemon's status; null if there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>What was asked for is not there.</summary>
    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>The object was changed since the version that the write names was read; the daemon has no status of its own for it.</summary>
    public bool IsOutOfSequence => Status is not null && Message.Contains("update out of sequence", StringComparison.Ordinal);

    /// <summary>
    /// What was asked for is refused, so that anything else may still be done. That is told with any status: a swarm's managers say 500 where they have no word for the reason, and 503 or 504 where they are without a leader.
    /// </summary>
    public bool IsRefusal => Status is not (null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout) && !IsOutOfSequence;

    /// <summary>It is there already, or in a state that does not allow the request.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;
}
