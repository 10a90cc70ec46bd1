using System.Buffers;
using System.Globalization;
using System.Text;
using Federation.Adapters.Node.Logs;

namespace Federation.Agent.Swarm;

/// <summary>The lines of a task's output, each with its time, of pieces as a manager tells them.</summary>
/// <param name="terminal">Whether the task has a terminal: its pieces end anywhere, where those of others are lines.</param>
public sealed class TaskLines(bool terminal)
{
    private const int MostOpen = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _open = new();

    /// <summary>The lines that are over with the next piece.</summary>
    public IReadOnlyList<WrittenLine> Take(ReadOnlySpan<byte> piece)
    {
        if (!terminal) return LinesOf(piece);
        _open.Write(piece);
        ReadOnlySpan<byte> written = _open.WrittenSpan;
        // One that does not end is told in parts.
        int whole = written.Length > MostOpen ? written.Length : written.LastIndexOf((byte)'\n') + 1;
        IReadOnlyList<WrittenLine> lines = LinesOf(written[..whole]);
        byte[] rest = [.. written[whole..]];
        _open.ResetWrittenCount();
        _open.Write(rest);
        return lines;
    }

    /// <summary>What is left when there is no more.</summary>
    public IReadOnlyList<WrittenLine> End() => LinesOf(_open.WrittenSpan);

    private static IReadOnlyList<WrittenLine> LinesOf(ReadOnlySpan<byte> text) => [.. Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LineOf)];

    private static WrittenLine LineOf(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        bool timed = DateTimeOffset.TryParse(line.AsSpan(0, Math.Max(0, space)), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
        return timed ? new WrittenLine(time, line[(space + 1)..].TrimEnd('\r')) : new WrittenLine(DateTimeOffset.UnixEpoch, line);
    }
}
