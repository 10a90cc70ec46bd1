namespace Federation.Bench.Failover;

/// <summary>What a failure did to a load.</summary>
/// <param name="Requests">Under way at the failure, or sent after it.</param>
/// <param name="Failed">Those that were not answered well.</param>
/// <param name="UsualMilliseconds">The 99th percentile in the four seconds before the failure.</param>
/// <param name="SlowestMilliseconds">The longest wait.</param>
/// <param name="AwayMilliseconds">From the failure until the last request was sent that failed, or waited longer than 50 ms and twice the usual.</param>
internal sealed record LoadOutcome(int Requests, int Failed, double UsualMilliseconds, double SlowestMilliseconds, double AwayMilliseconds);
