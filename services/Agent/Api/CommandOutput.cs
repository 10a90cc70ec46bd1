namespace Federation.Agent.Api;

/// <summary>A line of a command's output, or, last of all, its exit code.</summary>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">The line.</param>
/// <param name="ExitCode">How it ended.</param>
public sealed record CommandOutput(string? Stream, string? Text, int? ExitCode);
