namespace Federation.Bench.Results;

/// <summary>The content of one file under <c>bench/results</c>.</summary>
internal sealed record BenchmarkResult(string Name, string Date, string Commit, string Command, string Machine, IReadOnlyList<BenchmarkCase> Cases);
