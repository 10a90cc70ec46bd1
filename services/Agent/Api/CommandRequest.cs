namespace Federation.Agent.Api;

/// <summary>A command to run beside a replica.</summary>
/// <param name="Command">The program and its arguments.</param>
public sealed record CommandRequest(IReadOnlyList<string>? Command);
