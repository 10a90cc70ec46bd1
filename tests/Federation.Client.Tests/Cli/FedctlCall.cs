using System.Text;
using Federation.Cli;

namespace Federation.Client.Tests.Cli;

/// <summary>One call of fedctl with its streams caught.</summary>
internal sealed record FedctlCall(int ExitCode, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<FedctlCall> RunAsync(string contextPath, string[] args, string input = "", bool terminal = false)
    {
        var result = new StringWriter();
        var error = new StringWriter();
        var console = new CliConsole(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), result, error, terminal, terminal, InIsTerminal: false, Width: 80);
        int code = await FedctlProgram.RunAsync([.. args, "--context-file", contextPath], console, TestContext.Current.CancellationToken);
        return new(code, result.ToString(), error.ToString());
    }
}
