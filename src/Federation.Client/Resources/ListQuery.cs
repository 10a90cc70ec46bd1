namespace Federation.Client.Resources;

/// <summary>Which resources of a kind are meant.</summary>
public sealed record ListQuery
{
    /// <summary>The namespace; the client's own if null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Every namespace of the tenant; <see cref="Namespace"/> is then not used.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>Labels they must have: <c>app=shop,tier!=front</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Resources asked for at a time.</summary>
    public int PageSize { get; init; } = 500;
}
