using Federation.Domain.Resources;

namespace Federation.ServiceDefaults.Resources;

/// <summary>What became of an apply.</summary>
/// <typeparam name="T">The kind.</typeparam>
public abstract record ApplyOutcome<T> where T : Resource
{
    private ApplyOutcome() { }

    /// <summary>It is as asked for.</summary>
    /// <param name="Resource">The state now (for a dry run: the state it would have).</param>
    /// <param name="Result"><c>created</c>, <c>configured</c> or <c>unchanged</c>.</param>
    /// <param name="Changed">The fields that it changed, by path.</param>
    public sealed record Applied(T Resource, string Result, IReadOnlyList<string> Changed) : ApplyOutcome<T>;

    /// <summary>It was refused; nothing changed.</summary>
    /// <param name="Problem">Why.</param>
    public sealed record Refused(ResourceProblem Problem) : ApplyOutcome<T>;
}
