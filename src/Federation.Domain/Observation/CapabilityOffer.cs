namespace Federation.Domain.Observation;

/// <summary>What agents of one kind of cluster offer of a container's needs.</summary>
/// <param name="Always">What stays inside a container, or is its own.</param>
/// <param name="Rights">What reaches the machine: offered only where its owner grants rights on it.</param>
public sealed record CapabilityOffer(IReadOnlyList<string> Always, IReadOnlyList<string> Rights)
{
    /// <summary>What an agent of the kind offers.</summary>
    /// <param name="machineRights">Whether the owner of its machines grants rights on them.</param>
    public IReadOnlyList<string> Under(bool machineRights) => machineRights ? [.. Always, .. Rights] : Always;
}
