using System.Collections.Concurrent;
using System.Net.Sockets;
using Federation.Hosting.Control;
using Federation.Hosting.Launching;

namespace Federation.Hosting.Tests;

/// <summary>A launcher that runs a model in this process, with its output collected.</summary>
internal sealed class LauncherRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lines _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ownsState;

    public LauncherRun(Action<IDistributedApplicationBuilder> model, string? state = null, bool fresh = false)
    {
        _ownsState = state is null;
        State = state ?? Directory.CreateTempSubdirectory("apphost-tests-").FullName;
        var builder = new DistributedApplicationBuilder(new LaunchOptions { StateDirectory = State, Fresh = fresh }, AppContext.BaseDirectory);
        builder.OnReady((_, _) =>
        {
            _ready.TrySetResult();
            return Task.FromResult("all is ready");
        });
        model(builder);
        Finished = new Launcher(builder.Snapshot(), new LogPrinter(_lines, colours: false)).RunAsync(_stop.Token);
    }

    public string State { get; }

    public Task Finished { get; }

    public IReadOnlyCollection<string> Output => _lines.All;

    public static string SampleProject { get; } = Path.Combine(RepositoryRoot(), "examples", "Federation.Sample", "Federation.Sample.csproj");

    public async Task ReadyAsync()
    {
        Task first = await Task.WhenAny(_ready.Task, Finished).WaitAsync(TimeSpan.FromSeconds(60));
        await first;
    }

    public Task<int> CommandAsync(params string[] words) => ControlClient.SendAsync(State, words, TestContext.Current.CancellationToken);

    /// <summary>What the launcher says of its programs.</summary>
    public async Task<string> ListAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(ControlAddress.Of(State), TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("list\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Finished.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        if (_ownsState) Directory.Delete(State, recursive: true);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition()) await Task.Delay(25, deadline.Token);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run from inside the repository");
    }

    private sealed class Lines : StringWriter
    {
        private readonly ConcurrentQueue<string> _all = new();

        public IReadOnlyCollection<string> All => _all;

        public override void WriteLine(string? value) => _all.Enqueue(value ?? "");
    }
}
