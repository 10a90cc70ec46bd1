using Federation.Hosting.ApplicationModel;

namespace Federation.Hosting.Launching;

/// <summary>Keeps one instance of a project running: starts it, waits until it is ready, and starts it again when it ends.</summary>
internal sealed class ProjectInstance
{
    private const int StartsBeforeFailure = 3;
    private const int KeptLines = 20;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(120);
    private readonly int _index;
    private readonly LogPrinter _log;
    private readonly HttpClient _http;
    private readonly TaskCompletionSource _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _held;
    private ChildProcess? _child;

    public ProjectInstance(ProjectResource project, int index, LogPrinter log, HttpClient http)
    {
        Project = project;
        Name = project.Replicas == 1 ? project.Name : $"{project.Name}-{index}";
        _index = index;
        _log = log;
        _http = http;
    }

    public string Name { get; }

    public ProjectResource Project { get; }

    public InstanceState State { get; private set; }

    public int? ProcessId => _child is { Exit.IsCompleted: false } child ? child.Id : null;

    /// <summary>Completes when the instance is ready for the first time.</summary>
    public Task FirstReady => _firstReady.Task;

    /// <summary>Runs until cancelled; the process is then still there, for <see cref="StopAsync"/> to end in its turn.</summary>
    /// <exception cref="DistributedApplicationException">It did not become ready even once.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        TimeSpan backoff = FirstBackoff;
        int starts = 0;
        while (true)
        {
            await WaitUntilWantedAsync(ct);
            starts++;
            int code = await RunOnceAsync(ct);
            if (IsHeld)
            {
                State = InstanceState.Held;
                _log.Line(Name, "is down until it is started by command");
                continue;
            }
            if (!_firstReady.Task.IsCompleted && starts >= StartsBeforeFailure)
                throw new DistributedApplicationException($"{Name} cannot start: it ended {starts} times before it was ready, last with code {code}.{LastLines()}");
            // Only what cannot start waits longer each time: for a program that was well and was killed, others wait.
            if (State == InstanceState.Ready) backoff = FirstBackoff;
            State = InstanceState.BackOff;
            _log.Line(Name, $"ended with code {code}; starts again in {backoff.TotalSeconds:0.#} s");
            await Task.Delay(backoff, ct);
            backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
        }
    }

    /// <summary>Ends the process (at once, or by SIGTERM and 10 s later SIGKILL) and leaves it down until <see cref="Resume"/>.</summary>
    public Task HoldAsync(bool atOnce)
    {
        lock (_gate) _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return EndAsync(atOnce);
    }

    public void Resume()
    {
        lock (_gate)
        {
            _held?.TrySetResult();
            _held = null;
        }
    }

    /// <summary>Ends the process as kill -9 does; it is started again.</summary>
    public void Kill() => _child?.Kill();

    /// <summary>Ends the process for good; call it after <see cref="RunAsync"/> has been cancelled.</summary>
    /// <param name="wanted">Whether a person asked for it: the resource's own steps for its end are taken then.</param>
    public async Task StopAsync(bool wanted)
    {
        await EndAsync(atOnce: false);
        State = InstanceState.Stopped;
        if (!wanted) return;
        foreach (Func<Task> callback in Project.StoppedCallbacks) await callback();
    }

    private bool IsHeld
    {
        get
        {
            lock (_gate) return _held is not null;
        }
    }

    private async Task WaitUntilWantedAsync(CancellationToken ct)
    {
        Task? held;
        lock (_gate) held = _held?.Task;
        if (held is not null) await held.WaitAsync(ct);
    }

    private async Task<int> RunOnceAsync(CancellationToken ct)
    {
        State = InstanceState.Starting;
        string assembly = BuildOutput.AssemblyOf(Project.ProjectPath, AppContext.BaseDirectory);
        Dictionary<string, string> environment = await EnvironmentAsync(ct);
        ct.ThrowIfCancellationRequested();
        ChildProcess child = ChildProcess.Start(assembly, Project.Arguments, Name, environment, OnLine);
        _child = child;
        // A hold that came while the environment was made has found no process to end.
        if (IsHeld) child.Kill();
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task ready = WaitUntilReadyAsync(probing.Token);
        if (await Task.WhenAny(child.Exit, ready) == ready)
        {
            await ready;
            State = InstanceState.Ready;
            if (!_firstReady.Task.IsCompleted)
            {
                foreach (Func<CancellationToken, Task> callback in Project.ReadyCallbacks) await callback(ct);
                _firstReady.TrySetResult();
            }
        }
        int code = await child.Exit.WaitAsync(ct);
        await probing.CancelAsync();
        child.Dispose();
        return code;
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(CancellationToken ct)
    {
        var variables = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["DOTNET_ROOT"] = BuildOutput.DotnetRoot,
            ["OTEL_SERVICE_NAME"] = Project.Name,
        };
        foreach (EndpointReference endpoint in Project.Endpoints)
            if (endpoint.Variable is { } variable) variables[variable] = endpoint.Ports[_index];
        var context = new EnvironmentCallbackContext(Project, variables, ct);
        foreach (Func<EnvironmentCallbackContext, Task> callback in Project.EnvironmentCallbacks) await callback(context);
        return variables.ToDictionary(entry => entry.Key, entry => FormattableString.Invariant($"{entry.Value}"), StringComparer.Ordinal);
    }

    private async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync(ct))
        {
            if (TimeProvider.System.GetElapsedTime(start) > ReadyPatience && !_firstReady.Task.IsCompleted)
                throw new DistributedApplicationException($"{Name} runs but has not become ready within {ReadyPatience.TotalSeconds:0} s.{LastLines()}");
            await Task.Delay(100, ct);
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        if (Project.HttpHealthCheck is var (endpoint, path))
        {
            try
            {
                using HttpResponseMessage reply = await _http.GetAsync(endpoint.Address(endpoint.Ports[_index]) + path, ct);
                if (!reply.IsSuccessStatusCode) return false;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                return false;
            }
        }
        foreach (Func<CancellationToken, Task<bool>> check in Project.HealthChecks)
            if (!await check(ct)) return false;
        return true;
    }

    private async Task EndAsync(bool atOnce)
    {
        if (_child is not { } child) return;
        if (atOnce) child.Kill();
        else child.SendTerminate();
        if (await Task.WhenAny(child.Exit, Task.Delay(TimeSpan.FromSeconds(10))) != child.Exit)
        {
            _log.Line(Name, "did not end within 10 s of SIGTERM: SIGKILL");
            child.Kill();
        }
        await child.Exit;
    }

    private void OnLine(string line)
    {
        // What went wrong stands above the stack.
        if (!line.StartsWith("   at ", StringComparison.Ordinal))
        {
            lock (_gate)
            {
                _lastLines.Enqueue(line);
                if (_lastLines.Count > KeptLines) _lastLines.Dequeue();
            }
        }
        _log.Line(Name, line);
    }

    private string LastLines()
    {
        lock (_gate)
        {
            return _lastLines.Count == 0
                ? " It printed nothing."
                : $" Its last lines:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", _lastLines)}";
        }
    }
}
