namespace Federation.Engine.Swarm;

/// <summary>What lets machines join a swarm; secrets.</summary>
/// <param name="Worker">As a worker.</param>
/// <param name="Manager">As a manager.</param>
public sealed record JoinTokens(string Worker, string Manager)
{
    /// <inheritdoc/>
    public override string ToString() => "join tokens";
}
