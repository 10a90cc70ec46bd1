using System.Buffers;
using System.Globalization;
using System.Text;
using Federation.Adapters.Node.Processes;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Streams;

namespace Federation.Adapters.Node.Containers;

/// <content>
/// The output of containers is taken over into the node's own files, where that of processes lies too. The engine keeps the last 30 MiB of each, so
/// that what is written while the agent is dead is taken over at its return; where it died between taking over and noting it, lines appear twice.
/// </content>
public sealed partial class ContainerReplicaHost
{
    private const int MostPending = 64 * 1024;

    private async Task PumpAsync(HostedContainer hosted)
    {
        CancellationToken stop = _ending.Token;
        var pending = new ArrayBufferWriter<byte>();
        hosted.Seen = ProcessIdentity.ReadNote(hosted.Folder.Seen) is [var attempt, var time] && attempt == AttemptOf(hosted.Record) ? time : "";
        // Learned under the host's lock: the rest is not.
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await PumpOnceAsync(hosted, pending, stop);
                // The stream ends with the container, or with the daemon.
                if (!(await _engine.InspectContainerAsync(hosted.Container!, stop)).State.Running) return;
            }
            catch (EngineException e) when (e.IsNotFound)
            {
                return;
            }
            catch (EngineException e)
            {
                if (_silence is null) LogNoOutput(_logger, hosted.Record.Id, e.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            try
            {
                await Task.Delay(_options.LookAgain, _time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task PumpOnceAsync(HostedContainer hosted, ArrayBufferWriter<byte> pending, CancellationToken stop)
    {
        // Of the stream alone: the parts of a long line have one time, and what is noted between them must not leave out those that follow.
        string resumed = hosted.Seen, last = resumed;
        var request = new LogRequest
        {
            Follow = true,
            Timestamps = true,
            Since = DateTimeOffset.TryParse(resumed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset since) ? since : null,
        };
        await using IAsyncEnumerator<OutputPiece> pieces = _engine.LogsAsync(hosted.Container!, request, tty: false, stop).GetAsyncEnumerator(stop);
        try
        {
            while (true)
            {
                ValueTask<bool> next = pieces.MoveNextAsync();
                if (!next.IsCompleted || pending.WrittenCount >= MostPending) Flush();
                if (!await next) return;
                ReadOnlyMemory<byte> content = pieces.Current.Content;
                int space = content.Span.IndexOf((byte)' ');
                if (space <= 0) continue;
                // The engine's times are all of one length: their text orders as they do. It resumes from a little earlier than what was seen.
                string at = Encoding.ASCII.GetString(content.Span[..space]);
                if (string.CompareOrdinal(at, resumed) <= 0) continue;
                last = at;
                pending.Write(content.Span[(space + 1)..]);
            }
        }
        finally
        {
            Flush();
        }

        void Flush()
        {
            if (pending.WrittenCount == 0) return;
            _machine.Logs.Append(hosted.Record.Id, pending.WrittenSpan);
            pending.ResetWrittenCount();
            Note(hosted.Folder, $"{AttemptOf(hosted.Record)} {last}\n");
            hosted.Seen = last;
        }
    }

    private static void Note(ContainerFolder folder, string text)
    {
        try
        {
            PrivateFolder.Replace(folder.Seen, text);
        }
        catch (IOException)
        {
            // Without it lines appear twice after the agent's return; and the folder goes with its replica.
        }
    }

    // What a container wrote before it ended is there before its replica goes on, unless the engine keeps it back.
    private async Task DrainAsync(HostedContainer? hosted, CancellationToken cancellationToken)
    {
        if (hosted?.Pump is { } pump) await Task.WhenAny(pump, Task.Delay(DrainPatience, _time, cancellationToken));
    }
}
