using System.Diagnostics;
using EndToEnd.Tests.Planes;

namespace EndToEnd.Tests.Bed;

/// <summary>Commands of this machine that need root.</summary>
internal static class RootCommand
{
    /// <summary>Runs one to its end, and fails with what it said where it fails.</summary>
    public static async Task<string> RunAsync(string program, string[] arguments, string? input = null)
    {
        CommandResult result = await Command.Start(program, arguments, new Dictionary<string, string>(), input).EndAsync(Eventually.Patience, CancellationToken.None);
        if (result.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {result.All}\n{input}");
        return result.Out;
    }

    /// <summary>Runs lines of <c>ip</c> commands, in a network namespace or outside.</summary>
    public static Task IpAsync(string? @namespace, params string[] lines) =>
        RunAsync("ip", @namespace is null ? ["-batch", "-"] : ["-n", @namespace, "-batch", "-"], string.Join('\n', lines) + "\n");

    /// <summary>Whether one ends well.</summary>
    public static bool Works(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
