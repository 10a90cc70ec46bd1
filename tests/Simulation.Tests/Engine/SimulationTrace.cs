using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Federation.TestKit.Time;

namespace Simulation.Tests.Engine;

/// <summary>What happened, line by line; its digest tells whether two runs were the same.</summary>
public sealed class SimulationTrace(VirtualTime time)
{
    private const int Kept = 400;

    private readonly Queue<string> _last = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(string line)
    {
        string stamped = string.Create(CultureInfo.InvariantCulture, $"{time.GetTimestamp() / (double)TimeSpan.TicksPerSecond,10:F4} {line}");
        _hash.AppendData(Encoding.UTF8.GetBytes(stamped + "\n"));
        _last.Enqueue(stamped);
        if (_last.Count > Kept) _last.Dequeue();
    }

    /// <summary>The digest of everything so far.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>The last lines.</summary>
    public string Tail() => string.Join('\n', _last);
}
