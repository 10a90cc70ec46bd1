using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Verdicts;
using Federation.TestKit.Time;

namespace Federation.Health.Tests;

public class VerdictPropertyTests
{
    private static readonly NodeKey[] Nodes = [.. new[] { "a/n1", "a/n2", "b/n1", "c/n1" }.Select(NodeKey.Parse)];

    /// <summary>Over random histories: no verdict calls a lease ended that may still hold, none is lost before its limit, and a review between deadlines changes nothing.</summary>
    [Fact]
    public void Review_RandomHistories_NeverBreakTheLimits()
    {
        for (ulong seed = 1; seed <= 300; seed++) RunHistory(seed);
    }

    private static void RunHistory(ulong seed)
    {
        var chance = new SeededChance(seed);
        VerdictLimits limits = VerdictLimits.Default;
        var book = new VerdictBook(limits, 0);
        var lastGrant = Nodes.ToDictionary(node => node, _ => TimeSpan.Zero);
        var lastContact = Nodes.ToDictionary(node => node, _ => TimeSpan.Zero);
        foreach (NodeKey node in Nodes) book.Know(node);
        TimeSpan now = TimeSpan.Zero;
        TimeSpan? next = TimeSpan.Zero;
        for (int step = 0; step < 200; step++)
        {
            now += TimeSpan.FromMilliseconds(chance.Next(1500));
            bool untouched = true;
            if (chance.Next(4) > 0)
            {
                untouched = false;
                NodeKey node = Nodes[chance.Next(Nodes.Length)];
                switch (chance.Next(5))
                {
                    case 0:
                        book.StreamEnded(node, now, "its connection broke");
                        break;
                    case 1:
                        book.Reported(node, now);
                        lastContact[node] = now;
                        break;
                    default:
                        if (!book.Nodes[node].Connected) break;
                        book.Granted(node, now);
                        lastGrant[node] = lastContact[node] = now;
                        break;
                }
            }
            VerdictReview review = book.Review(now, DateTimeOffset.UnixEpoch);
            if (untouched && next is { } deadline && now < deadline) Assert.True(review.Changes.Count == 0, $"seed {seed}: changed at {now} before its deadline {deadline}");
            Assert.True(review.NextReview is null || review.NextReview > now, $"seed {seed}");
            next = review.NextReview;
            foreach (NodeKey node in Nodes)
            {
                Verdict verdict = book.Verdicts[node.ToString()];
                if (verdict.LeaseEnded) Assert.True(now > lastGrant[node] + limits.Lease, $"seed {seed}: lease of {node} called ended at {now}");
                if (verdict.State.IsLost()) Assert.True(now - lastContact[node] >= limits.BrokenSuspicion, $"seed {seed}: {node} lost too early");
            }
            foreach (IGrouping<ClusterId, NodeKey> cluster in Nodes.GroupBy(node => node.Cluster))
            {
                bool all = cluster.All(node => book.Verdicts[node.ToString()].State.IsLost());
                Assert.Equal(all, book.Verdicts[cluster.Key.Value].State.IsLost());
            }
        }
    }
}
