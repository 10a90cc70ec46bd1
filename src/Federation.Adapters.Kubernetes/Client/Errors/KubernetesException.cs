namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>
/// The API server refused, or could not be spoken with. The message says what was asked and what the server said; of requests about secrets it names fields alone,
/// for servers repeat values.
/// </summary>
public sealed class KubernetesException : IOException
{
    /// <summary>Says what failed.</summary>
    public KubernetesException(FailureKind kind, string message, Exception? inner = null) : base(message, inner) => Kind = kind;

    /// <summary>What it means.</summary>
    public FailureKind Kind { get; }

    /// <summary>The HTTP status; null if there was no answer.</summary>
    public int? Code { get; init; }

    /// <summary>The API's own account; null if it gave none. Not to be shown for requests about secrets.</summary>
    public ApiStatus? Status { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The fields that others own, and who, where that is why.</summary>
    public IEnumerable<ApiStatusCause> Conflicts => (Status?.Details?.Causes ?? []).Where(static cause => cause.Reason == "FieldManagerConflict");

    /// <summary>Whether it is about the one object that was to be written, and stands in no other's way.</summary>
    public bool IsOfTheObject => Kind is FailureKind.Invalid or FailureKind.Denied or FailureKind.Refused or FailureKind.Quota or FailureKind.AlreadyExists or FailureKind.ApiMissing or FailureKind.InternalError;

    /// <summary>Whether somebody else was quicker, or the namespace is going: what there is now is looked at before anything is written again.</summary>
    public bool IsOvertaken => Kind is FailureKind.VersionConflict or FailureKind.Missing or FailureKind.NamespaceTerminating or FailureKind.NamespaceMissing;

    /// <summary>Whether the same request may succeed later, without anybody changing what is asked.</summary>
    public bool IsTransient => Kind is FailureKind.NamespaceTerminating or FailureKind.Quota or FailureKind.Throttled or FailureKind.BudgetSpent or FailureKind.Unavailable or FailureKind.InternalError or FailureKind.NodeUnreachable
        or FailureKind.Unreachable or FailureKind.OutcomeUnknown or FailureKind.VersionConflict or FailureKind.Expired;
}
