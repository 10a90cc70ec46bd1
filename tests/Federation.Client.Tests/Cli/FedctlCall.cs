using System.Text;
using Federation.Cli;

namespace Federation.Client.Tests.Cli;

/// <summary>One call of fedctl with its streams caught.</summary>
internal sealed record FedctlCall(int ExitCode, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<FedctlCall> RunAsync(string contextPath, string[] args, string input = "", bool terminal = false, bool person = false)
    {
        var result = new StringWriter();
        var error = new StringWriter();
        var console = new CliConsole(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), result, error, terminal, terminal, InIsTerminal: person, Width: 80);
        int code = await FedctlProgram.RunAsync(["--context-file", contextPath, .. args], console, TestContext.Current.CancellationToken);
        return new(code, result.ToString(), error.ToString());
    }

    /// <summary>A call that goes on until its output is enough, as if Ctrl-C were pressed then.</summary>
    public static async Task<FedctlCall> RunUntilAsync(string contextPath, string[] args, Func<string, bool> enough)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(60));
        var result = new WatchedWriter(text => { if (enough(text)) stop.Cancel(); });
        var error = new StringWriter();
        var console = new CliConsole(() => Stream.Null, result, error, OutIsTerminal: false, ErrorIsTerminal: false, InIsTerminal: false, Width: 80);
        int code = await FedctlProgram.RunAsync(["--context-file", contextPath, .. args], console, stop.Token);
        return new(code, result.ToString(), error.ToString());
    }

    private sealed class WatchedWriter(Action<string> written) : StringWriter
    {
        public override void Flush() => written(ToString());

        public override Task FlushAsync() => FlushAsync(CancellationToken.None);

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flush();
            return Task.CompletedTask;
        }
    }
}
