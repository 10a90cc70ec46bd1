using Federation.Domain.Identifiers;
using Federation.Health.Liveness;
using Federation.Health.Suspicion;
using Federation.TestKit.Time;

namespace Federation.Health.Tests;

public class SuspicionTests
{
    private static readonly VerdictLimits Limits = VerdictLimits.Default;

    /// <summary>Suspicion grows with the silence, shrinks with the scatter, and is undone exactly by its inverse.</summary>
    [Fact]
    public void Phi_RandomCadences_IsMonotonicAndTheInverseOfItsSilence()
    {
        var chance = new SeededChance(7);
        for (int i = 0; i < 500; i++)
        {
            var cadence = new Cadence(0.1 + chance.NextDouble(), Math.Pow(chance.NextDouble() / 2, 2), Cadence.Enough);
            double before = 0;
            for (double silence = 0; silence < 4; silence += 0.05)
            {
                double phi = PhiAccrual.Phi(TimeSpan.FromSeconds(silence), cadence);
                Assert.True(double.IsFinite(phi) && phi >= before, $"{cadence} at {silence}");
                before = phi;
            }
            double wanted = 1 + (chance.NextDouble() * 11);
            TimeSpan at = PhiAccrual.SilenceAt(wanted, cadence);
            Assert.Equal(wanted, PhiAccrual.Phi(at, cadence), 2);
            Assert.True(PhiAccrual.SilenceAt(wanted, cadence with { Variance = cadence.Variance + 0.2 }) > at);
        }
    }

    [Fact]
    public void Phi_OfTheMeanIsALittleAndOfTenDeviationsIsMuch()
    {
        var cadence = new Cadence(0.5, 0.01, Cadence.Enough);
        Assert.Equal(Math.Log10(2), PhiAccrual.Phi(TimeSpan.FromSeconds(0.5), cadence), 3);
        Assert.True(PhiAccrual.Phi(TimeSpan.FromSeconds(1.5), cadence) > 12);
    }

    /// <summary>Whatever was measured, nothing is suspect within the shortest silence, and everything beyond the longest; three renewals always fit.</summary>
    [Fact]
    public void Window_RandomHistories_StaysBetweenItsHardBounds()
    {
        var chance = new SeededChance(11);
        for (int i = 0; i < 300; i++)
        {
            NodeLiveness node = Steady(chance, 20 + chance.Next(50), 0.05 + chance.NextDouble(), chance.NextDouble());
            TimeSpan window = SuspicionRule.Window(node, Limits);
            Assert.InRange(window, Limits.LeastSilence, Limits.Silence);
            TimeSpan period = SuspicionRule.Period(node.Cadence, 1 + chance.Next(100_000), Limits);
            Assert.InRange(period, Limits.LeastPeriod, Limits.Silence / 3);
        }
    }

    [Fact]
    public void Window_RegularRenewals_IsShorterThanThatOfScatteredOnes()
    {
        TimeSpan regular = SuspicionRule.Window(Steady(new SeededChance(1), 60, 0.2, 0.02), Limits);
        TimeSpan scattered = SuspicionRule.Window(Steady(new SeededChance(1), 60, 0.2, 1.2), Limits);
        Assert.Equal(Limits.LeastSilence, regular);
        Assert.True(scattered > TimeSpan.FromSeconds(2), $"{scattered}");
    }

    [Fact]
    public void Window_FewRenewalsYet_IsTheLongest() => Assert.Equal(Limits.Silence, SuspicionRule.Window(Steady(new SeededChance(1), 3, 0.2, 0), Limits));

    [Fact]
    public void Period_ManyNodes_IsLongerSoThatTheyAreNoLoad()
    {
        Cadence calm = Steady(new SeededChance(1), 60, 0.2, 0.02).Cadence;
        Assert.Equal(Limits.LeastPeriod, SuspicionRule.Period(calm, 5, Limits));
        Assert.Equal(TimeSpan.FromSeconds(0.5), SuspicionRule.Period(calm, 2000, Limits));
        Assert.Equal(Limits.FirstPeriod, SuspicionRule.Period(default, 5, Limits));
    }

    [Fact]
    public void Ticked_LateTick_IsAPauseAndOverlapsAreCountedExactly()
    {
        OwnWatch watch = OwnWatch.Begun.Ticked(At(0), Limits).Ticked(At(0.25), Limits).Ticked(At(5.25), Limits).Ticked(At(5.5), Limits);
        OwnWatch.Pause pause = Assert.Single(watch.Pauses);
        Assert.Equal((At(0.25), At(5.25)), (pause.From, pause.To));
        Assert.Equal(At(5), watch.Missed(At(0), At(6)));
        Assert.Equal(At(1), watch.Missed(At(4.25), At(6)));
        Assert.Equal(TimeSpan.Zero, watch.Missed(At(5.3), At(6)));
        Assert.Equal(pause.To + Limits.RedialGrace + Limits.Silence, watch.ExcusedUntil(At(5.3), Limits));
        Assert.Null(watch.ExcusedUntil(At(0.1), Limits));
        Assert.Null(watch.ExcusedUntil(At(20), Limits));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static NodeLiveness Steady(SeededChance chance, int renewals, double seconds, double scatter)
    {
        var node = new NodeLiveness { Node = NodeKey.Parse("a/n1") };
        TimeSpan now = TimeSpan.Zero;
        node = node.Reported(now, OwnWatch.Begun, Limits);
        for (int i = 0; i < renewals; i++)
        {
            now += TimeSpan.FromSeconds(seconds + (scatter * chance.NextDouble()));
            node = node.Granted(now, 1, OwnWatch.Begun, Limits);
        }
        return node;
    }
}
