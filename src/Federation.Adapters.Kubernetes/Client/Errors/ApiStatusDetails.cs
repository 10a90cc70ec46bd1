namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>What a Status is about.</summary>
public sealed record ApiStatusDetails
{
    /// <summary>The object's name.</summary>
    public string? Name { get; init; }

    /// <summary>The API group.</summary>
    public string? Group { get; init; }

    /// <summary>The resource in plural, or the kind: servers write both.</summary>
    public string? Kind { get; init; }

    /// <summary>The object's uid, in the answer to a delete.</summary>
    public string? Uid { get; init; }

    /// <summary>One for each thing that is wrong.</summary>
    public IReadOnlyList<ApiStatusCause>? Causes { get; init; }

    /// <summary>How long to wait.</summary>
    public int? RetryAfterSeconds { get; init; }
}
