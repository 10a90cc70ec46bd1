using System.Diagnostics;

namespace Federation.Bench.Kubernetes;

/// <summary>This program again, as a process of its own that is asked line by line. It ends with its input, so that it cannot outlive who started it.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private ChildProgram(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>The processor time it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            Process.Refresh();
            return Process.TotalProcessorTime;
        }
    }

    /// <summary>The most that it ever held of the machine's memory, in MB.</summary>
    public double PeakMegabytes
    {
        get
        {
            Process.Refresh();
            return Process.PeakWorkingSet64 / (double)(1 << 20);
        }
    }

    public static ChildProgram Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new ChildProgram(Process.Start(start)!);
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<string[]> ReadAsync(CancellationToken ct) =>
        (await Process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException($"{string.Join(' ', Process.StartInfo.ArgumentList)} ended before its time.")).Split(' ');

    /// <summary>Gives it a line, and the line that it prints to it.</summary>
    public async Task<string[]> AskAsync(string line, CancellationToken ct)
    {
        await Process.StandardInput.WriteLineAsync(line.AsMemory(), ct);
        return await ReadAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        Process.StandardInput.Close();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
