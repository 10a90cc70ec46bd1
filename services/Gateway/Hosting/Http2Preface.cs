using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Federation.Gateway.Hosting;

/// <summary>Tells HTTP/2 with prior knowledge (RFC 9113 section 3.4) from HTTP/1.1 by a connection's first bytes, without taking them.</summary>
public static class Http2Preface
{
    // No HTTP/1.1 request begins like this; the rest of the preface is the server's to check.
    private static ReadOnlySpan<byte> Start => "PRI * HTTP/2.0\r\n"u8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Whether the connection speaks HTTP/2; null if it ended, or said nothing for long.</summary>
    public static async Task<bool?> DetectAsync(ConnectionContext connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        limit.CancelAfter(Patience);
        PipeReader input = connection.Transport.Input;
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(limit.Token);
                bool? found = Compare(result.Buffer);
                // All stays unread; only where more is needed the pipe must wait for it.
                input.AdvanceTo(result.Buffer.Start, found is null && !result.IsCompleted ? result.Buffer.End : result.Buffer.Start);
                if (found is not null) return found;
                if (result.IsCompleted) return null;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or ConnectionAbortedException)
        {
            return null;
        }
    }

    private static bool? Compare(ReadOnlySequence<byte> buffer)
    {
        int length = (int)Math.Min(buffer.Length, Start.Length);
        Span<byte> first = stackalloc byte[16];
        buffer.Slice(0, length).CopyTo(first);
        if (!first[..length].SequenceEqual(Start[..length])) return false;
        return length == Start.Length ? true : null;
    }
}
