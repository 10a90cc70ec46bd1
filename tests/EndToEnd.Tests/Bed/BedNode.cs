using System.Diagnostics;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;

namespace EndToEnd.Tests.Bed;

/// <summary>A machine of the bed: a network namespace with an agent in it.</summary>
internal sealed class BedNode(string cluster, string name, string @namespace, string state)
{
    private readonly Queue<string> _output = new();
    private Process? _agent;

    public string Cluster { get; } = cluster;

    public string Name { get; } = name;

    public string Namespace { get; } = @namespace;

    /// <summary>The agent's state folder.</summary>
    public string State { get; } = state;

    public int Agent => _agent!.Id;

    /// <summary>What its agents have printed, the newest last.</summary>
    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    /// <summary>Whether its agent runs, for a person.</summary>
    public string Condition => _agent switch
    {
        null => "was not started",
        { HasExited: true } ended => $"ended with {ended.ExitCode}",
        { } runs => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"runs as {runs.Id}: {runs.TotalProcessorTime.TotalSeconds:0.0} s of processor time, {runs.Threads.Count} threads"),
    };

    /// <summary>Starts the agent, with its replicas' network to be the namespace's.</summary>
    public void Start(IReadOnlyDictionary<string, string> settings)
    {
        // Not "ip netns exec": that would lay another /sys over the control groups.
        var start = new ProcessStartInfo("nsenter", [$"--net=/run/netns/{Namespace}", Repository.Agent])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string key, string value) in settings) start.Environment[key] = value;
        var agent = new Process { StartInfo = start };
        agent.OutputDataReceived += (_, line) => Take(line.Data);
        agent.ErrorDataReceived += (_, line) => Take(line.Data);
        agent.Start();
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        _agent = agent;
    }

    /// <summary><c>kill -9</c> of the agent alone.</summary>
    public async Task KillAgentAsync()
    {
        if (_agent is null) return;
        if (!_agent.HasExited) Signals.Kill(_agent.Id);
        await _agent.WaitForExitAsync().WaitAsync(Eventually.Patience);
        _agent.Dispose();
        _agent = null;
    }

    /// <summary>The end of the machine: the agent and all that it ran.</summary>
    public async Task EndAsync()
    {
        await KillAgentAsync();
        while ((await RootCommand.RunAsync("ip", ["netns", "pids", Namespace])).Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } left)
            foreach (string process in left) Signals.TryKill(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture));
        string note = Path.Combine(State, "runtime");
        if (File.Exists(note) && File.ReadAllText(note).Trim() is { Length: > 0 } runtime && Directory.Exists(runtime)) Directory.Delete(runtime, recursive: true);
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > 400) _output.Dequeue();
        }
    }
}
