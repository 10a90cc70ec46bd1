namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>What a failed request means for who sent it.</summary>
public enum FailureKind
{
    /// <summary>The request itself can never succeed (400, 405, 406, 413, 415, 422, and the 500 that apply gives for what does not fit the schema).</summary>
    Invalid,

    /// <summary>The object is not there.</summary>
    Missing,

    /// <summary>The namespace that the object should be in is not there.</summary>
    NamespaceMissing,

    /// <summary>The server has no such API, resource or path. Says nothing of any object.</summary>
    ApiMissing,

    /// <summary>An object of that name is there already.</summary>
    AlreadyExists,

    /// <summary>Others own fields that the apply would change; <see cref="KubernetesException.Conflicts"/> names them.</summary>
    FieldConflict,

    /// <summary>The object is another, or of another version, than the request said: read it again.</summary>
    VersionConflict,

    /// <summary>We have no right to it.</summary>
    Denied,

    /// <summary>Admission refuses it, which is no question of rights: a missing service account, a policy, a protected namespace.</summary>
    Refused,

    /// <summary>The namespace is being deleted: wait until it is gone, make it again, and send it again.</summary>
    NamespaceTerminating,

    /// <summary>A quota is used up.</summary>
    Quota,

    /// <summary>The server does not know us, after new credentials were asked for.</summary>
    Unauthenticated,

    /// <summary>What the request goes on from is no longer known (410): list again.</summary>
    Expired,

    /// <summary>The server is overloaded and has not carried the request out, however often it was sent again.</summary>
    Throttled,

    /// <summary>A disruption budget does not allow the eviction now.</summary>
    BudgetSpent,

    /// <summary>The server, or the one behind it, is in trouble; nothing is known of any object.</summary>
    Unavailable,

    /// <summary>
    /// The server failed within at this one write (500 <c>InternalError</c>): a webhook that has to agree does not answer, or there is no address or port left to give out. Says
    /// nothing of the server, nor of any other object; whether the write was carried out is not known.
    /// </summary>
    InternalError,

    /// <summary>The pod's node does not answer the server: says nothing of the server.</summary>
    NodeUnreachable,

    /// <summary>No connection came about.</summary>
    Unreachable,

    /// <summary>The server's certificate is not one that it must have.</summary>
    Untrusted,

    /// <summary>The connection broke, or time was up, after the request was sent: a write may have been carried out. Read before it is sent again.</summary>
    OutcomeUnknown,

    /// <summary>The answer is none of a Kubernetes API server's.</summary>
    Unreadable,
}
