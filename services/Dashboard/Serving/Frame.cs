using Federation.Dashboard.Sessions;

namespace Federation.Dashboard.Serving;

/// <summary>What every element of a page may need to know.</summary>
public sealed record Frame
{
    /// <summary>Who looks; null before signing in.</summary>
    public required Session? Session { get; init; }

    /// <summary>The page's own path with its query, to come back to.</summary>
    public required string Address { get; init; }

    /// <summary><c>light</c>, <c>dark</c>, or <c>system</c>.</summary>
    public required string Theme { get; init; }

    /// <summary>The form field that proves that a form is ours.</summary>
    public required string CsrfField { get; init; }

    /// <summary>Its value.</summary>
    public required string CsrfToken { get; init; }

    /// <summary>The moment that ages are counted from.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether the page has a stream.</summary>
    public bool Live { get; init; }

    /// <summary>What a form said when it was refused, once.</summary>
    public string? Said { get; init; }
}
