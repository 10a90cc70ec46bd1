using Federation.Domain.Identifiers;

namespace Federation.Routing.Choice;

/// <summary>What one try of a request wants of an endpoint.</summary>
/// <param name="Port">The port's name; the first HTTP port if null.</param>
/// <param name="Near">The cluster to prefer, if any.</param>
/// <param name="Tried">Endpoints that have been tried, which are not tried again; their clusters are avoided where others are left.</param>
/// <param name="Repeatable">Whether a failed answer may be asked for again elsewhere, so that nobody sees it.</param>
public readonly record struct ChoiceWish(string? Port, ClusterId? Near, IReadOnlyList<ReplicaId> Tried, bool Repeatable = false)
{
    /// <summary>A first try.</summary>
    public static ChoiceWish First(string? port, ClusterId? near = null) => new(port, near, []);
}
