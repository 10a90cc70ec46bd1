using System.Diagnostics.Metrics;

namespace Federation.Gateway.Forwarding;

/// <summary>What the gateway measures, on the meter <c>Federation.Gateway</c>, by route.</summary>
public static class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Federation.Gateway";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "federation.gateway.request.duration", "s", "How long requests took, by route and class of status.",
        tags: null,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });

    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("federation.gateway.requests.active", "{request}", "Requests under way, by route.");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("federation.gateway.retries", "{try}", "Tries after the first, by route and reason.");

    private static readonly Counter<long> Unrouted = Meter.CreateCounter<long>("federation.gateway.unrouted", "{request}", "Requests that no route matched, by door.");

    /// <summary>A request begins; <see cref="Ended"/> must follow.</summary>
    public static void Began(string route) => Active.Add(1, new KeyValuePair<string, object?>("route", route));

    /// <summary>A request that began is over, answered or not.</summary>
    public static void Ended(string route) => Active.Add(-1, new KeyValuePair<string, object?>("route", route));

    private static long _ingress;
    private static long _ingressFailed;

    /// <summary>Requests from outside that were answered since the start, and those of them answered with 500 or above.</summary>
    public static (long Requests, long Failed) Ingress => (Interlocked.Read(ref _ingress), Interlocked.Read(ref _ingressFailed));

    /// <summary>A request from outside was answered.</summary>
    public static void ServedOutside(int status)
    {
        Interlocked.Increment(ref _ingress);
        if (status >= 500) Interlocked.Increment(ref _ingressFailed);
    }

    /// <summary>A request was answered.</summary>
    public static void Served(string route, int status, TimeSpan took) => Duration.Record(
        took.TotalSeconds, new KeyValuePair<string, object?>("route", route), new KeyValuePair<string, object?>("status", Class(status)));

    /// <summary>A request is tried again.</summary>
    public static void Retried(string route, string reason) =>
        Retries.Add(1, new KeyValuePair<string, object?>("route", route), new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A request matched no route.</summary>
    public static void NotRouted(string door) => Unrouted.Add(1, new KeyValuePair<string, object?>("door", door));

    private static string Class(int status) => (status / 100) switch
    {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
}
