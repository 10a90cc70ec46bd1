namespace Federation.Adapters.Node.Logs;

/// <summary>One line of a replica's output.</summary>
/// <param name="Time">When the agent noticed it, to about a second.</param>
/// <param name="Text">The line without its end; a longer one than 64 KiB comes in pieces.</param>
public readonly record struct WrittenLine(DateTimeOffset Time, string Text);
