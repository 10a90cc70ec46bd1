namespace Federation.Dashboard.Parts;

/// <summary>How often a part is read.</summary>
/// <param name="Followed">The shortest pause while an open page follows it.</param>
internal sealed record PartPace(TimeSpan Followed)
{
    /// <summary>The pause while it was asked for lately and no page is open.</summary>
    public static readonly TimeSpan Unfollowed = TimeSpan.FromSeconds(5);

    /// <summary>How long after the last request it is still read.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMinutes(5);

    /// <summary>A reading older than this is read anew before it is shown, if the plane answers in time.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>A read that costs the plane much is made seldom: at most an eighth of the time is spent reading.</summary>
    public const int RestPerCost = 7;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public TimeSpan Pause(bool followed, TimeSpan cost)
    {
        TimeSpan wanted = followed ? Followed : Unfollowed;
        TimeSpan rest = cost * RestPerCost;
        return rest <= wanted ? wanted : rest < Longest ? rest : wanted > Longest ? wanted : Longest;
    }
}
