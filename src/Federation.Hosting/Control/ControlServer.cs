using System.Net.Sockets;

namespace Federation.Hosting.Control;

/// <summary>Takes commands on a unix socket in the state folder, which its owner alone may enter: one line in, the answer out, the first character telling <c>+</c> done or <c>-</c> refused.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly string _path;
    private readonly Task _loop;

    private ControlServer(Socket listener, string path, Task loop)
    {
        _listener = listener;
        _path = path;
        _loop = loop;
    }

    public static ControlServer Start(string stateDirectory, Func<IReadOnlyList<string>, Task<(bool Done, string Text)>> execute, CancellationToken ct)
    {
        UnixDomainSocketEndPoint address = ControlAddress.Of(stateDirectory);
        string path = address.ToString()!;
        // Left by a launcher that was killed; the state lock says that there is none now.
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen();
        return new(listener, path, AcceptAsync(listener, execute, ct));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _loop;
        File.Delete(_path);
    }

    private static async Task AcceptAsync(Socket listener, Func<IReadOnlyList<string>, Task<(bool Done, string Text)>> execute, CancellationToken ct)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                Socket caller = await listener.AcceptAsync(ct);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeAsync(caller, execute, ct));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private static async Task ServeAsync(Socket caller, Func<IReadOnlyList<string>, Task<(bool Done, string Text)>> execute, CancellationToken ct)
    {
        try
        {
            await using var stream = new NetworkStream(caller, ownsSocket: true);
            using var reader = new StreamReader(stream);
            string? line = await reader.ReadLineAsync(ct);
            if (line is null) return;
            (bool done, string text) = await execute(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            await using var writer = new StreamWriter(stream);
            await writer.WriteAsync($"{(done ? '+' : '-')}{text}".AsMemory(), ct);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The caller left, or the launcher ends: nobody is there to be answered.
        }
    }
}
