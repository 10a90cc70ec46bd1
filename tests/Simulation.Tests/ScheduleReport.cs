using System.Text.Json;
using System.Text.Json.Serialization;
using Simulation.Tests.World;

namespace Simulation.Tests;

/// <summary>Adds up what many schedules did: how often each kind of fault was injected, and in how many of them.</summary>
public sealed class ScheduleReport
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly SortedDictionary<string, FaultCount> _faults = new(StringComparer.Ordinal);
    private readonly TimeSpan _processorAtStart = Environment.CpuUsage.TotalTime;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private int _schedules;
    private int _failures;

    /// <summary>Takes one schedule in. Thread-safe.</summary>
    public void Add(ScheduleOutcome outcome)
    {
        lock (_faults)
        {
            _schedules++;
            if (outcome.Failure is not null) _failures++;
            foreach ((string fault, int times) in outcome.Faults)
            {
                FaultCount before = _faults.GetValueOrDefault(fault) ?? new(0, 0);
                _faults[fault] = new(before.Injected + times, before.Schedules + 1);
            }
        }
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(string path)
    {
        lock (_faults)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(
                new Content(
                    _schedules, _failures, TimeProvider.System.GetElapsedTime(_started).TotalSeconds,
                    (Environment.CpuUsage.TotalTime - _processorAtStart).TotalSeconds, _faults),
                Layout));
        }
    }

    private sealed record FaultCount(int Injected, int Schedules);

    private sealed record Content(
        int Schedules, int Failures, double Seconds, double ProcessorSeconds,
        [property: JsonPropertyName("faults")] IReadOnlyDictionary<string, FaultCount> Faults);
}
