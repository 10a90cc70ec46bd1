using System.Diagnostics.Metrics;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>One value of an observable instrument.</summary>
/// <param name="Instrument">What was read.</param>
/// <param name="Value">Its value.</param>
/// <param name="Tags">Its labels.</param>
public sealed record Observation(Instrument Instrument, double Value, IReadOnlyList<KeyValuePair<string, object?>> Tags)
{
    /// <summary>Whether the value only rises.</summary>
    public bool IsCounter => Instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>);
}
