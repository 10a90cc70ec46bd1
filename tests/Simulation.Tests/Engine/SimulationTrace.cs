using System.Globalization;
using Federation.TestKit.Time;

namespace Simulation.Tests.Engine;

/// <summary>What happened, line by line; its digest tells whether two runs were the same. A line is laid out only when somebody reads it.</summary>
public sealed class SimulationTrace(VirtualTime time)
{
    private const int Kept = 400;

    private readonly (long Ticks, string Line)[] _last = new (long, string)[Kept];
    private int _lines;
    private ulong _low = 0x9E3779B97F4A7C15;
    private ulong _high = 0xC2B2AE3D27D4EB4F;

    public void Add(string line)
    {
        long now = time.GetTimestamp();
        _last[_lines++ % Kept] = (now, line);
        Mix((ulong)now);
        foreach (char letter in line) Mix(letter);
        Mix('\n');
    }

    /// <summary>The digest of everything so far. It guards against chance, not against a forger.</summary>
    public string Digest() => string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}");

    /// <summary>The last lines.</summary>
    public string Tail() => string.Join('\n', Enumerable.Range(Math.Max(0, _lines - Kept), Math.Min(_lines, Kept)).Select(i => Text(_last[i % Kept])));

    private static string Text((long Ticks, string Line) entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.Ticks / (double)TimeSpan.TicksPerSecond,10:F4} {entry.Line}");

    // Two lanes of FNV-1a's kind, with different primes.
    private void Mix(ulong value)
    {
        _low = (_low ^ value) * 0x100000001B3;
        _high = (ulong.RotateLeft(_high, 29) ^ value) * 0xD6E8FEB86659FD93;
    }
}
