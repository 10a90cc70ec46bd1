using System.Text.Json.Nodes;

namespace Federation.Contracts.Api;

/// <summary>One template that a workload had.</summary>
/// <param name="Revision">The template's content hash.</param>
/// <param name="Number">Counted from 1 in the order they were asked for.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="Current">Whether it is the one declared now.</param>
/// <param name="Template">The template.</param>
public sealed record RevisionView(string Revision, int Number, DateTimeOffset CreatedAt, bool Current, JsonNode? Template)
{
    /// <summary>Whether it is the one that last ran everywhere.</summary>
    public bool Running { get; init; }

    /// <summary>Who declared it.</summary>
    public string? Writer { get; init; }

    /// <summary>Why, as the writer says it (annotation <c>federation/change-cause</c>).</summary>
    public string? Cause { get; init; }

    /// <summary>Why its rollout failed, if it did last.</summary>
    public string? Failure { get; init; }
}
