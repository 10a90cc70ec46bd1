namespace Federation.Health.Witnesses;

/// <summary>
/// Counts independent witnesses. Those that share a host, a process or a link, directly or by way of others, are one; and that one says lost only
/// when none of it sees anything: whoever does proves what it shares with the others. Pure.
/// </summary>
public static class AgreementRule
{
    /// <summary>What the witnesses come to.</summary>
    public static Agreement Judge(IReadOnlyList<Testimony> testimonies, TimeSpan now)
    {
        int independent = 0, lost = 0;
        string? against = null;
        TimeSpan? next = null;
        foreach (List<Testimony> one in Groups(testimonies))
        {
            independent++;
            if (one.Find(static testimony => !testimony.Lost) is { } sees)
            {
                against ??= sees.Name;
                foreach (Testimony testimony in one)
                {
                    if (testimony is { Lost: false, Until: { } until } && (next is null || until < next)) next = until;
                }
                continue;
            }
            TimeSpan certainAt = one.Min(static testimony => testimony.CertainAt ?? TimeSpan.MaxValue);
            if (now >= certainAt) lost++;
            else if (next is null || certainAt < next) next = certainAt;
        }
        return new Agreement(independent, lost, against, next == TimeSpan.MaxValue ? null : next);
    }

    private static IEnumerable<List<Testimony>> Groups(IReadOnlyList<Testimony> testimonies)
    {
        var groups = new List<(HashSet<string> Shares, List<Testimony> Members)>();
        foreach (Testimony testimony in testimonies)
        {
            var shares = new HashSet<string>(testimony.Shares, StringComparer.Ordinal);
            var members = new List<Testimony> { testimony };
            for (int i = groups.Count - 1; i >= 0; i--)
            {
                if (!groups[i].Shares.Overlaps(shares)) continue;
                shares.UnionWith(groups[i].Shares);
                members.InsertRange(0, groups[i].Members);
                groups.RemoveAt(i);
            }
            groups.Add((shares, members));
        }
        return groups.Select(static group => group.Members);
    }
}
