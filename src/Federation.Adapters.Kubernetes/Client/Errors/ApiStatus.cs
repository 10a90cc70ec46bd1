namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>The API's own account of an outcome. Any member may be missing, kind and reason too.</summary>
public sealed record ApiStatus
{
    /// <summary><c>Status</c>; null where the server left it out.</summary>
    public string? Kind { get; init; }

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string? Status { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>For programs, such as <c>NotFound</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>What it is about.</summary>
    public ApiStatusDetails? Details { get; init; }

    /// <summary>The HTTP status; also where it travels inside another answer.</summary>
    public int? Code { get; init; }

    /// <summary>Where a list can go on.</summary>
    public ApiStatusMetadata? Metadata { get; init; }
}
