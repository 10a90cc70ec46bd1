namespace Federation.Domain.Observation;

/// <summary>Requests to one replica as one gateway counted them.</summary>
/// <param name="Requests">All of them.</param>
/// <param name="Failed">Those answered with 500 and above, and those whose connection failed or broke.</param>
/// <param name="LastFailure">How the last one failed, as a part of a sentence: <c>answered 500</c>.</param>
public sealed record TrafficCount(long Requests, long Failed, string? LastFailure);
