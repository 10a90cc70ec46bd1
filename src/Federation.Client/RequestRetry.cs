namespace Federation.Client;

/// <summary>A request that failed and is tried again.</summary>
/// <param name="Server">The plane's address.</param>
/// <param name="Failure">Why the last try failed.</param>
/// <param name="Elapsed">How long the request has been tried by now.</param>
/// <param name="Limit">How long it is tried at most.</param>
public sealed record RequestRetry(Uri Server, Exception Failure, TimeSpan Elapsed, TimeSpan Limit);
