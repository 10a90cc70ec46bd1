namespace Federation.Gateway.Hosting;

/// <summary>Carries a connection's <see cref="Door"/>.</summary>
public sealed class DoorFeature(Door door)
{
    /// <summary>The door.</summary>
    public Door Door { get; } = door;
}
