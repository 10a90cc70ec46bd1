namespace Federation.Contracts.Api;

/// <summary>What a route carries now, as the gateway saw it in about the last half minute.</summary>
/// <param name="Address">Host and path: <c>shop.localhost/</c>.</param>
/// <param name="Namespace">The workload's namespace.</param>
/// <param name="Workload">The workload behind it.</param>
/// <param name="RequestsPerSecond">Answered requests per second.</param>
/// <param name="ErrorsPerSecond">Those of them that were answered with 500 or above.</param>
/// <param name="MedianSeconds">The time within which half of them were answered.</param>
/// <param name="P99Seconds">The time within which 99 of 100 were answered.</param>
public sealed record RouteTrafficView(
    string Address, string Namespace, string Workload, double RequestsPerSecond, double ErrorsPerSecond, double MedianSeconds, double P99Seconds);
