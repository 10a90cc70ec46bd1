namespace Federation.Storage.Leases;

/// <summary>A lease as its judge sees it.</summary>
/// <param name="Name">The lease.</param>
/// <param name="Holder">Who holds it, or held it last; null after a release.</param>
/// <param name="Term">The term of that holding.</param>
/// <param name="Remaining">How long it still lasts; zero when it has ended.</param>
public sealed record LeaseState(string Name, string? Holder, long Term, TimeSpan Remaining)
{
    /// <summary>Whether somebody holds it.</summary>
    public bool IsLive => Holder is not null && Remaining > TimeSpan.Zero;
}
