namespace Federation.Bench.Results;

/// <summary>What a benchmark is given, and where it reports.</summary>
internal sealed class BenchmarkContext
{
    private readonly List<BenchmarkCase> _cases = [];

    /// <summary>A short run, to see that it works.</summary>
    public required bool Quick { get; init; }

    /// <summary>Only the parts of the benchmark whose names hold this text.</summary>
    public required string Only { get; init; }

    /// <summary>Whether a part is to be run.</summary>
    public bool Runs(string part) => part.Contains(Only, StringComparison.Ordinal);

    /// <summary>The repository's folder.</summary>
    public required string Root { get; init; }

    public IReadOnlyList<BenchmarkCase> Cases => _cases;

    public void Report(BenchmarkCase measured)
    {
        _cases.Add(measured);
        Log($"{measured.Name}: {measured.Ours:N1} {measured.Unit}{(measured.Peer is null ? "" : $", {measured.Peer}: {measured.PeerValue:N1}")}");
    }

    public static void Log(string line) => Console.Error.WriteLine(line);
}
