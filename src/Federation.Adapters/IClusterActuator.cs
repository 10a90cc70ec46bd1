namespace Federation.Adapters;

/// <summary>Makes a cluster run what is assigned to it.</summary>
public interface IClusterActuator
{
    /// <summary>
    /// Takes over the assignments as the whole of what is desired here. An idempotent upsert: the same set twice changes nothing.
    /// Returns when the set is durable at the actuator; carrying it out goes on behind, and is seen through <see cref="IClusterObserver"/>.
    /// </summary>
    /// <param name="desired">All assignments of this target, with the material they need. What runs and is not in it is stopped only if it is ours.</param>
    /// <param name="term">The writer's fencing term.</param>
    /// <param name="revision">The orders' revision, to be reported as <c>NodeObservation.AppliedRevision</c> from the moment the set is obeyed.</param>
    /// <param name="cancellationToken">Abandons the call; the set may or may not have been taken over.</param>
    /// <exception cref="StaleTermException">A higher term was already obeyed here.</exception>
    Task ApplyAsync(IReadOnlyList<DesiredAssignment> desired, long term, long revision, CancellationToken cancellationToken);
}
