using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Federation.Hosting.Launching;

/// <summary>
/// One started program. It runs in a session of its own, so that a terminal's Ctrl-C reaches the launcher alone, and its
/// standard input is a pipe that nobody writes: its end tells the program that the launcher is gone.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int TerminateSignal = 15;
    private const int KillSignal = 9;
    private const string SessionStarter = "/usr/bin/setsid";
    private readonly Process _process;

    private ChildProcess(Process process, Task<int> exit)
    {
        _process = process;
        Id = process.Id;
        Exit = exit;
    }

    public int Id { get; }

    /// <summary>The exit code, once ended; does not wait for output that a grandchild may hold open.</summary>
    public Task<int> Exit { get; }

    public static ChildProcess Start(string assembly, IReadOnlyList<string> arguments, string name, IReadOnlyDictionary<string, string> environment, Action<string> onLine)
    {
        string program = File.Exists(Path.ChangeExtension(assembly, null)) ? Path.ChangeExtension(assembly, null)! : assembly;
        List<string> line = program == assembly ? [Path.Combine(BuildOutput.DotnetRoot, "dotnet"), assembly] : [program];
        // setsid execs in place: the process id stays.
        if (File.Exists(SessionStarter)) line.Insert(0, SessionStarter);
        var start = new ProcessStartInfo(line[0])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in line.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        foreach ((string variable, string value) in environment) start.Environment[variable] = value;

        var exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.Exited += (_, _) => exit.TrySetResult(process.ExitCode);
        process.OutputDataReceived += (_, data) => Pass(data.Data);
        process.ErrorDataReceived += (_, data) => Pass(data.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new DistributedApplicationException($"{name} cannot be started ({program}): {failure.Message}", failure);
        }
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, exit.Task);

        void Pass(string? text)
        {
            if (text is not null) onLine(text);
        }
    }

    public void SendTerminate() => Send(TerminateSignal);

    // This process alone: what an agent runs is not its child to take along.
    public void Kill() => Send(KillSignal);

    // After its end only: this closes its standard input and unhooks Exit.
    public void Dispose() => _process.Dispose();

    private void Send(int signal)
    {
        // An ended process fails with ESRCH, which is what was wanted.
        if (!Exit.IsCompleted) _ = SendSignal(Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
