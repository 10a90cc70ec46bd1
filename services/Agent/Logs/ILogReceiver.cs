namespace Federation.Agent.Logs;

/// <summary>Where lines go.</summary>
public interface ILogReceiver
{
    /// <summary>Its name in positions and messages.</summary>
    string Name { get; }

    /// <summary>Sends lines; does not fail but by cancellation.</summary>
    Task<ShippingOutcome> SendAsync(IReadOnlyList<ShippedLine> lines, CancellationToken cancellationToken);
}
