namespace Federation.Adapters.Kubernetes.Reaching;

/// <summary>A line that a replica wrote.</summary>
/// <param name="Time">When its node took it.</param>
/// <param name="Text">The line without its end.</param>
public readonly record struct OutputLine(DateTimeOffset Time, string Text);
