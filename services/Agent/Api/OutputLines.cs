using System.Text;
using System.Threading.Channels;

namespace Federation.Agent.Api;

/// <summary>Makes lines of a command's output as it comes in pieces. One caller at a time.</summary>
internal sealed class OutputLines(ChannelWriter<CommandOutput> output)
{
    private const int LongestLine = 64 * 1024;
    private readonly SortedDictionary<string, MemoryStream> _rest = new(StringComparer.Ordinal);

    /// <summary>Adds a piece and passes on the lines that it completes; a longer line than 64 KiB goes in pieces.</summary>
    public async ValueTask AddAsync(string stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (!_rest.TryGetValue(stream, out MemoryStream? rest)) _rest[stream] = rest = new MemoryStream();
        while (piece.Length > 0)
        {
            int end = piece.Span.IndexOf((byte)'\n');
            rest.Write(piece.Span[..(end < 0 ? piece.Length : end)]);
            piece = piece[(end < 0 ? piece.Length : end + 1)..];
            if (end < 0 && rest.Length < LongestLine) return;
            await PassAsync(stream, rest, cancellationToken);
        }
    }

    /// <summary>Passes on what has no end of line.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach ((string stream, MemoryStream rest) in _rest)
            if (rest.Length > 0) await PassAsync(stream, rest, cancellationToken);
    }

    private async Task PassAsync(string stream, MemoryStream rest, CancellationToken cancellationToken)
    {
        string line = Encoding.UTF8.GetString(rest.GetBuffer(), 0, (int)rest.Length).TrimEnd('\r');
        rest.SetLength(0);
        await output.WriteAsync(new CommandOutput(stream, line, null), cancellationToken);
    }
}
