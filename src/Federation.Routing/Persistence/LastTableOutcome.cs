namespace Federation.Routing.Persistence;

/// <summary>What reading a kept table gave.</summary>
public abstract record LastTableOutcome
{
    private LastTableOutcome() { }

    /// <summary>It is whole.</summary>
    /// <param name="Table">The table.</param>
    public sealed record Read(LastTable Table) : LastTableOutcome;

    /// <summary>It is damaged or of another form: nothing of it is used.</summary>
    /// <param name="Reason">What is wrong with it.</param>
    public sealed record Damaged(string Reason) : LastTableOutcome;
}
