using System.Diagnostics;
using System.Text;

namespace EndToEnd.Tests.Planes;

/// <summary>A program that runs.</summary>
internal sealed class Command
{
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Command(Process process) => _process = process;

    /// <summary>Completes at the first line on standard output, or at the end.</summary>
    public Task FirstLine => _firstLine.Task;

    public static Command Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        var command = new Command(new Process { StartInfo = start });
        command._process.OutputDataReceived += (_, line) => command.Take(command._out, line.Data);
        command._process.ErrorDataReceived += (_, line) => Append(command._error, line.Data);
        command._process.Start();
        command._process.BeginOutputReadLine();
        command._process.BeginErrorReadLine();
        if (input is not null) command._process.StandardInput.Write(input);
        command._process.StandardInput.Close();
        return command;
    }

    public async Task<CommandResult> EndAsync(TimeSpan patience, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} has not ended within {patience.TotalSeconds:0} s:\n{Text(_out)}{Text(_error)}");
        }
        _firstLine.TrySetResult();
        var result = new CommandResult(_process.ExitCode, Text(_out), Text(_error));
        _process.Dispose();
        return result;
    }

    private void Take(StringBuilder text, string? line)
    {
        Append(text, line);
        // The end of the stream is told as null.
        _firstLine.TrySetResult();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
