namespace Federation.Contracts.Api;

/// <summary>One line of a replica's output. Logs are answered as <c>application/x-ndjson</c>: one such object a line.</summary>
/// <param name="Time">When the agent took it up.</param>
/// <param name="Replica">The replica.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Node">Its node.</param>
/// <param name="Stream"><c>stdout</c>, <c>stderr</c>, <c>output</c> where both went into one file so that their order is kept (native nodes), or <c>plane</c> for a remark of the plane itself (a node that cannot be reached).</param>
/// <param name="Text">The line without its end.</param>
public sealed record LogLine(DateTimeOffset Time, string Replica, string Cluster, string? Node, string Stream, string Text);
