namespace Federation.Client.Contexts;

/// <summary>A plane and an identity there.</summary>
public sealed record ClientContext
{
    /// <summary>The plane's API address.</summary>
    public required Uri Server { get; init; }

    /// <summary>The tenant to act for; the identity's own if null.</summary>
    public string? Tenant { get; init; }

    /// <summary>The namespace meant where none is named; <c>default</c> if null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The service account's client id; null for requests without identity.</summary>
    public string? ClientId { get; init; }

    /// <summary>The service account's secret.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Prints everything but the secret.</summary>
    public override string ToString() => $"{Server} as {ClientId ?? "nobody"}, tenant {Tenant ?? "(own)"}, namespace {Namespace ?? "default"}";
}
