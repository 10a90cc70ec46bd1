namespace Federation.Domain.Workloads;

/// <summary>A command run as the replica's user in its folder, or inside its container.</summary>
public sealed record ExecCheck
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }
}
