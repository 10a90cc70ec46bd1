using System.Text.Json.Serialization;

namespace Federation.Bench.Results;

/// <summary>One measured case: our figure, what ran beside it, and what was wanted. The judgement is computed, never typed.</summary>
internal sealed record BenchmarkCase
{
    [JsonPropertyName("case")]
    public required string Name { get; init; }

    public required double Ours { get; init; }

    public required string Unit { get; init; }

    /// <summary>What ran beside it in the same run, or the floor it is held against; null if nothing did.</summary>
    public string? Peer { get; init; }

    public double? PeerValue { get; init; }

    /// <summary>How many times better than the peer, whichever direction better is.</summary>
    public double? Ratio => PeerValue is not { } peer || peer == 0 || Ours == 0 ? null : Math.Round(LowerIsBetter ? peer / Ours : Ours / peer, 3);

    [JsonIgnore]
    public BenchmarkGoal? Wanted { get; init; }

    public string? Goal => Wanted?.ToString(Unit);

    public bool? Met => Wanted?.IsMet(this);

    [JsonIgnore]
    public bool LowerIsBetter { get; init; }
}
