namespace Federation.Adapters;

/// <summary>Tells how the management API of a cluster answers an adapter that drives it from outside.</summary>
public interface IManagementWitness
{
    /// <summary>Why it does not answer, as a part of a sentence; null while it answers. Read from anywhere.</summary>
    string? Silence { get; }
}
