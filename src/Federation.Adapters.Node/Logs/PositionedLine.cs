namespace Federation.Adapters.Node.Logs;

/// <summary>A line of output, and where it stands in all that its replica has written.</summary>
/// <param name="Position">Its first byte.</param>
/// <param name="Next">The byte after it.</param>
/// <param name="Time">When the agent noticed it, to about a second.</param>
/// <param name="Text">The line without its end.</param>
public readonly record struct PositionedLine(long Position, long Next, DateTimeOffset Time, string Text);
