using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Federation.Grpc.Status;

/// <summary>
/// Calls by method and status, at both ends, under the names of OpenTelemetry's conventions for RPC
/// (<see href="https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/"/>). A stream counts when it ends.
/// </summary>
internal static class GrpcMetrics
{
    private static readonly Meter Meter = new("Federation.Grpc");
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600],
    };

    private static readonly Histogram<double> Server = Meter.CreateHistogram("rpc.server.call.duration", "s", "How long incoming calls took.", tags: null, advice: Buckets);
    private static readonly Histogram<double> Client = Meter.CreateHistogram("rpc.client.call.duration", "s", "How long outgoing calls took.", tags: null, advice: Buckets);

    /// <summary>An incoming call is over.</summary>
    public static void Served(string path, StatusCode status, long started) => Record(Server, path, status, started);

    /// <summary>An outgoing call is over.</summary>
    public static void Called(string path, StatusCode status, long started) => Record(Client, path, status, started);

    private static void Record(Histogram<double> histogram, string path, StatusCode status, long started) => histogram.Record(
        Stopwatch.GetElapsedTime(started).TotalSeconds,
        new("rpc.system.name", "grpc"),
        new("rpc.method", path.TrimStart('/')),
        new("rpc.response.status_code", status.ToString()));
}
