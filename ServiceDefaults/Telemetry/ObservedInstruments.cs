using System.Diagnostics.Metrics;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>
/// Reads the observable instruments of the plane's own meters at the moment they are asked for. The provider of OpenTelemetry would keep every set of
/// labels that it has ever seen: a workload that is deleted, or a replica of yesterday, would be reported for ever.
/// </summary>
public sealed class ObservedInstruments : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<Observation> _observed = [];

    /// <summary>Begins to listen.</summary>
    public ObservedInstruments()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (IsOurs(instrument)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Whether this class reads the instrument.</summary>
    public static bool IsOurs(Instrument instrument) => instrument.IsObservable && instrument.Meter.Name.StartsWith("Federation.", StringComparison.Ordinal);

    /// <summary>All values as they are now. Not thread-safe.</summary>
    public IReadOnlyList<Observation> Collect()
    {
        _observed.Clear();
        _listener.RecordObservableInstruments();
        return [.. _observed];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _observed.Add(new(instrument, value, tags.ToArray()));
}
