using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>A container's output as it comes. It has no limit in time: silence is nothing wrong.</summary>
internal sealed class LogStream(KubernetesClient client, KubernetesRequest request, HttpResponseMessage reply, Stream stream, bool timestamps) : IDisposable
{
    private const int MostLineBytes = 1024 * 1024;

    // The runtime cuts lines so, and the log puts a time before each part.
    private const int PartBytes = 16 * 1024;

    private const int MostStampBytes = 40;

    /// <summary>Some of its bytes; 0 at its end.</summary>
    /// <exception cref="KubernetesException">The stream broke.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (KubernetesClient.IsBreak(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw client.Broken(request, e);
        }
    }

    /// <summary>Its lines. What the runtime itself wrote at the stream's end, when the container was taken away under it, is left out.</summary>
    public async IAsyncEnumerable<LogLine> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[32 * 1024];
        int filled = 0;
        while (true)
        {
            int read = await ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0) break;
            filled += read;
            int start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                yield return Line(buffer.AsSpan(start, length), isWhole: true);
                start += length + 1;
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled < buffer.Length) continue;
            if (buffer.Length >= MostLineBytes)
            {
                yield return Line(buffer.AsSpan(0, filled), isWhole: false);
                filled = 0;
                continue;
            }
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        if (filled > 0 && !IsRuntimesOwn(buffer.AsSpan(0, filled))) yield return Line(buffer.AsSpan(0, filled), isWhole: false);
    }

    public void Dispose()
    {
        stream.Dispose();
        reply.Dispose();
    }

    private static bool IsRuntimesOwn(ReadOnlySpan<byte> tail) =>
        tail.StartsWith("rpc error: code = "u8) || tail.StartsWith("unable to retrieve container logs for "u8) || tail.StartsWith("failed to try resolving symlinks in path "u8);

    private LogLine Line(ReadOnlySpan<byte> line, bool isWhole)
    {
        if (!timestamps || Stamp(line) is not { } first) return new LogLine(null, line.ToArray(), isWhole);
        ReadOnlySpan<byte> rest = line[first.Length..];
        if (rest.Length <= PartBytes || Stamp(rest[PartBytes..]) is null) return new LogLine(first.Time, rest.ToArray(), isWhole);
        var text = new List<byte>(rest.Length);
        while (rest.Length > PartBytes && Stamp(rest[PartBytes..]) is { } next)
        {
            text.AddRange(rest[..PartBytes]);
            rest = rest[(PartBytes + next.Length)..];
        }
        text.AddRange(rest);
        return new LogLine(first.Time, text.ToArray(), isWhole);
    }

    // A time as the log writes it, and how many bytes it takes with its blank.
    private static (DateTimeOffset Time, int Length)? Stamp(ReadOnlySpan<byte> text)
    {
        int end = text[..Math.Min(text.Length, MostStampBytes)].IndexOf((byte)' ');
        if (end < "2006-01-02T15:04:05Z".Length || text[4] != '-' || text[10] != 'T') return null;
        return DateTimeOffset.TryParse(Encoding.ASCII.GetString(text[..end]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? (time, end + 1) : null;
    }
}
