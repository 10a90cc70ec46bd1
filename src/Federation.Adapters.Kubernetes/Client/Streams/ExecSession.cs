using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>
/// A program that runs in a container, over a WebSocket: each message begins with its channel. Leaving does not end the program: end its input, or send it what ends it.
/// One reader; one writer at a time.
/// </summary>
internal sealed class ExecSession(ChannelSocket socket) : IAsyncDisposable
{
    public const string Version4 = "v4.channel.k8s.io";
    public const string Version5 = "v5.channel.k8s.io";

    private const byte InputChannel = 0, OutputChannel = 1, ErrorChannel = 2, StatusChannel = 3, ResizeChannel = 4, CloseChannel = 255;
    private const int MostStatusBytes = 64 * 1024;

    private readonly MemoryStream _status = new();

    /// <summary>How it ended; unknown until the server has said it.</summary>
    public ExecOutcome Outcome { get; private set; } = new ExecOutcome.Unknown();

    /// <summary>Whether the end of input can be told (v5, servers from 1.30 on).</summary>
    public bool CanCloseInput => socket.Protocol == Version5;

    /// <summary>What it prints next; good until the next call. Null at the end: then see <see cref="Outcome"/>.</summary>
    /// <exception cref="KubernetesException">The stream broke.</exception>
    public async ValueTask<ExecPiece?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ChannelPiece? got;
            try
            {
                got = await socket.ReceiveAsync(cancellationToken);
            }
            catch (KubernetesException) when (Outcome is not ExecOutcome.Unknown)
            {
                // The server may close without a farewell once it has said all.
                return null;
            }
            if (got is not { } piece) return null;
            ReadOnlyMemory<byte> bytes = piece.Bytes;
            switch (piece.Channel)
            {
                case OutputChannel or ErrorChannel when !bytes.IsEmpty:
                    return new ExecPiece(piece.Channel == OutputChannel ? ExecSource.Output : ExecSource.Errors, bytes);
                case StatusChannel:
                    if (_status.Length + bytes.Length > MostStatusBytes) throw socket.Unreadable("the program's status has no end");
                    _status.Write(bytes.Span);
                    if (piece.Ends) Outcome = OutcomeOf(Encoding.UTF8.GetString(_status.GetBuffer(), 0, (int)_status.Length));
                    break;
                default:
                    // An empty message opens each channel; others are not asked for.
                    break;
            }
        }
    }

    /// <summary>Gives it something to read.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => socket.SendAsync(InputChannel, input, cancellationToken);

    /// <summary>Tells it that nothing more comes.</summary>
    /// <exception cref="InvalidOperationException">The server speaks a protocol that cannot say so: see <see cref="CanCloseInput"/>.</exception>
    public Task CloseInputAsync(CancellationToken cancellationToken) =>
        CanCloseInput ? socket.SendAsync(CloseChannel, new byte[] { InputChannel }, cancellationToken) : throw new InvalidOperationException($"{socket.Protocol} cannot tell the end of input: write what ends the program");

    /// <summary>The size of its terminal.</summary>
    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) =>
        socket.SendAsync(ResizeChannel, Encoding.UTF8.GetBytes(new JsonObject { ["Width"] = columns, ["Height"] = rows }.ToJsonString()), cancellationToken);

    public ValueTask DisposeAsync() => socket.DisposeAsync();

    private ExecOutcome OutcomeOf(string text)
    {
        ApiStatus status = KubernetesClient.StatusOf(text) ?? throw socket.Unreadable("the program's status is no Status");
        if (status.Status == "Success") return new ExecOutcome.Exited(0);
        string? code = status.Reason == "NonZeroExitCode" ? status.Details?.Causes?.FirstOrDefault(static cause => cause.Reason == "ExitCode")?.Message : null;
        return int.TryParse(code, CultureInfo.InvariantCulture, out int exit) ? new ExecOutcome.Exited(exit) : new ExecOutcome.Failed(status);
    }
}
