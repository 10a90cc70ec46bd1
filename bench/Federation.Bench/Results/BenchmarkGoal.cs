using System.Globalization;

namespace Federation.Bench.Results;

/// <summary>What is wanted of a case.</summary>
internal abstract record BenchmarkGoal
{
    private BenchmarkGoal() { }

    public abstract bool IsMet(BenchmarkCase measured);

    public abstract string ToString(string unit);

    /// <summary>Our figure is at least this.</summary>
    internal sealed record AtLeast(double Value) : BenchmarkGoal
    {
        public override bool IsMet(BenchmarkCase measured) => measured.Ours >= Value;

        public override string ToString(string unit) => string.Create(CultureInfo.InvariantCulture, $"at least {Value:N0} {unit}");
    }

    /// <summary>Our figure is at most this.</summary>
    internal sealed record AtMost(double Value) : BenchmarkGoal
    {
        public override bool IsMet(BenchmarkCase measured) => measured.Ours <= Value;

        public override string ToString(string unit) => string.Create(CultureInfo.InvariantCulture, $"at most {Value:N0} {unit}");
    }

    /// <summary>We are at least this many times better than the peer.</summary>
    internal sealed record Times(double Value) : BenchmarkGoal
    {
        public override bool IsMet(BenchmarkCase measured) => measured.Ratio >= Value;

        public override string ToString(string unit) => string.Create(CultureInfo.InvariantCulture, $"{Value:0.##} times the peer");
    }
}
