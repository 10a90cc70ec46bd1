using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Processes;

public sealed partial class ProcessReplicaHost
{
    /// <summary>Runs a command beside a running replica; null if it does not run.</summary>
    /// <exception cref="IOException">The system has no terminal left, or could not start it.</exception>
    public IReplicaCommand? RunCommand(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input)
    {
        PseudoTerminal? screen = terminal is null ? null : PseudoTerminal.Open();
        Process? process = null;
        try
        {
            if (screen is not null && terminal is { Columns: { } columns, Rows: { } rows }) screen.Resize(columns, rows);
            process = StartCommand(replica, command, screen);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"the command could not be started: {e.Message}", e);
        }
        finally
        {
            if (process is null) screen?.Dispose();
        }
        return process is null ? null : new ProcessCommand(process, screen, input, _time);
    }

    /// <summary>
    /// Starts a command beside a running replica: as its user, in its folder, with its environment and under its limits. Input and output are the caller's.
    /// With a terminal, that is its input and output, and the caller's are empty. Null if the replica does not run.
    /// </summary>
    public Process? StartCommand(ReplicaId replica, IReadOnlyList<string> command, PseudoTerminal? terminal = null)
    {
        ReplicaRecord record;
        lock (_gate)
        {
            if (!_hosted.TryGetValue(replica, out HostedProcess? hosted) || hosted.End is not null || !hosted.LearnChild()) return null;
            record = hosted.Record;
        }
        if (!_users.TryGet(record.Workload.Tenant, out uint? user, out _)) return null;
        ReplicaFolder folder = FolderOf(replica);
        if (terminal is not null && user is { } owner) terminal.GiveTo(owner);
        string[] entering = ["/bin/sh", _enter, folder.Control, user?.ToString(CultureInfo.InvariantCulture) ?? "-", folder.Environment, .. command];
        // Under a terminal the command leads a session of its own, so that Ctrl-C and the terminal's end reach it.
        string[] arguments = terminal is null ? entering[1..] : ["-c", "exec setsid --ctty --wait \"$@\" <\"$0\" >\"$0\" 2>&1", terminal.Path, .. entering];
        var start = new ProcessStartInfo("/bin/sh", arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = SystemPath;
        if (terminal is not null) start.Environment["TERM"] = "xterm-256color";
        return Process.Start(start);
    }

    private async Task<ProbeOutcome> ProbeByCommandAsync(ReplicaRecord record, ExecCheck check, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using Process? process = StartCommand(record.Id, check.Command);
            if (process is null) return new(false, "it does not run yet");
            try
            {
                process.StandardInput.Close();
                Task<string> output = FirstOfAsync(process.StandardOutput, both.Token);
                Task<string> errors = FirstOfAsync(process.StandardError, both.Token);
                await process.WaitForExitAsync(both.Token);
                if (process.ExitCode == 0) return ProbeOutcome.Passed;
                string said = (await errors is { Length: > 0 } error ? error : await output).Trim();
                return new(false, string.Create(CultureInfo.InvariantCulture, $"its check ends with exit code {process.ExitCode}{(said.Length > 0 ? ": " + said : "")}"));
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(false, string.Create(CultureInfo.InvariantCulture, $"its check does not end within {limit.TotalSeconds} s"));
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return new(false, e.Message);
        }
    }

    // Reads to the end, so that the command is never held up, and keeps the beginning.
    private static async Task<string> FirstOfAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        string first = "";
        char[] buffer = new char[1024];
        for (int read; (read = await reader.ReadAsync(buffer, cancellationToken)) > 0;)
            if (first.Length < MostLogged) first += new string(buffer, 0, Math.Min(read, MostLogged - first.Length));
        return first;
    }
}
