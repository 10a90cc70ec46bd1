namespace Federation.Dashboard.Parts;

/// <summary>What is known of a part at one moment.</summary>
/// <param name="Value">The newest value; null until one was read.</param>
/// <param name="At">When it was read.</param>
/// <param name="Fault">Why the newest try failed; null if it did not.</param>
public sealed record Reading<T>(T? Value, DateTimeOffset? At, PartFault? Fault) where T : class
{
    /// <summary>Nothing was read or refused yet.</summary>
    public bool Loading => Value is null && Fault is null;
}
