using Federation.Storage;

namespace Federation.ServiceDefaults.Resources;

/// <summary>What a rule lets happen with a write: further documents in the same transaction, or a refusal.</summary>
public abstract record ResourceChange
{
    private ResourceChange() { }

    /// <summary>The write goes ahead.</summary>
    /// <param name="Conditions">Further conditions.</param>
    /// <param name="Writes">Further writes.</param>
    public sealed record Allowed(IReadOnlyList<StoreCondition> Conditions, IReadOnlyList<StoreWrite> Writes) : ResourceChange
    {
        /// <summary>Nothing further.</summary>
        public static Allowed Alone { get; } = new([], []);
    }

    /// <summary>The write is refused.</summary>
    /// <param name="Problem">Why.</param>
    public sealed record Refused(ResourceProblem Problem) : ResourceChange;
}
