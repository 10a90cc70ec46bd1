namespace Federation.Adapters.Node.Logs;

/// <summary>Which part of a replica's output is wanted.</summary>
/// <param name="Follow">Whether to go on with what is written from now on, until the replica is no more.</param>
/// <param name="Tail">At most so many lines of what is there; all if null.</param>
/// <param name="Since">Nothing that was surely written before; to about a second.</param>
/// <param name="Previous">What was written before the replica's present process started; nothing is followed.</param>
public sealed record LogQuery(bool Follow, int? Tail, DateTimeOffset? Since, bool Previous = false);
