namespace Simulation.Tests.Network;

/// <summary>One end of a connection.</summary>
internal interface IReceiver
{
    /// <summary>A message arrived; null is the clean end of the other side's sending.</summary>
    void Arrived(object? message);

    /// <summary>The connection is over.</summary>
    void Lost(string reason);
}
