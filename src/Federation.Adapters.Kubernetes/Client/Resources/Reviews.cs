namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>Asks whether we may do something.</summary>
internal sealed record AccessReview
{
    public string ApiVersion { get; init; } = "authorization.k8s.io/v1";

    public string Kind { get; init; } = "SelfSubjectAccessReview";

    public AccessReviewSpec Spec { get; init; } = new();

    public AccessReviewStatus? Status { get; init; }
}

/// <summary>What is asked.</summary>
internal sealed record AccessReviewSpec
{
    public AccessAttributes ResourceAttributes { get; init; } = new();
}

/// <summary>A verb on a resource.</summary>
internal sealed record AccessAttributes
{
    public string? Namespace { get; init; }

    public string Verb { get; init; } = "";

    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string? Subresource { get; init; }

    public string? Name { get; init; }
}

/// <summary>The answer.</summary>
internal sealed record AccessReviewStatus
{
    public bool Allowed { get; init; }

    public bool Denied { get; init; }

    public string? Reason { get; init; }

    public string? EvaluationError { get; init; }
}
