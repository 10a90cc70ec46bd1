namespace Federation.Bench.Results;

/// <summary>One benchmark that <c>bench/run</c> knows.</summary>
internal interface IBenchmark
{
    string Name { get; }

    /// <summary>One line for the list.</summary>
    string Summary { get; }

    /// <summary>Measures, and reports each case to the context.</summary>
    Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken);
}
