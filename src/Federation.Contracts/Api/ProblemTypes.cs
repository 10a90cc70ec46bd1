namespace Federation.Contracts.Api;

/// <summary>Stable <c>type</c> values of problem details (RFC 9457).</summary>
public static class ProblemTypes
{
    private const string Base = "https://federation.example/problems/";

    /// <summary>400: the body breaks the resource's rules; <c>errors</c> holds <see cref="InputError"/>s.</summary>
    public const string InvalidResource = Base + "invalid-resource";

    /// <summary>401: no valid token.</summary>
    public const string Unauthenticated = Base + "unauthenticated";

    /// <summary>403: the role does not allow it.</summary>
    public const string Forbidden = Base + "forbidden";

    /// <summary>404: no such resource in the caller's tenant.</summary>
    public const string NotFound = Base + "not-found";

    /// <summary>409: the thing is claimed by another; <c>holder</c> names it where the caller may know it.</summary>
    public const string Claimed = Base + "claimed";

    /// <summary>409: another resource still refers to it.</summary>
    public const string InUse = Base + "in-use";

    /// <summary>409: others own fields that the apply would change; <c>conflicts</c> holds <see cref="FieldConflict"/>s.</summary>
    public const string FieldConflict = Base + "field-conflict";

    /// <summary>409: the planner refuses the place: by a rule, or for want of room.</summary>
    public const string PlaceRefused = Base + "place-refused";

    /// <summary>410: the watch cursor is of another incarnation or too old: list again.</summary>
    public const string CursorExpired = Base + "cursor-expired";

    /// <summary>412: If-Match or If-None-Match does not hold.</summary>
    public const string PreconditionFailed = Base + "precondition-failed";

    /// <summary>413: the body is above the limit.</summary>
    public const string TooLarge = Base + "too-large";

    /// <summary>415: a PATCH takes <see cref="ApiHeaders.ApplyContent"/>.</summary>
    public const string UnsupportedContent = Base + "unsupported-content";

    /// <summary>422: a reference does not resolve.</summary>
    public const string UnresolvedReference = Base + "unresolved-reference";

    /// <summary>503: a service that is needed does not answer.</summary>
    public const string Unavailable = Base + "unavailable";
}
