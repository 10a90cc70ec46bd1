using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Federation.Cli.Reaching;

/// <summary>The caller's own terminal while a program elsewhere uses it: keys go there as they are typed, and it is as before in the end.</summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string _before;
    private readonly PosixSignalRegistration _resized;

    private RawTerminal(string before, Action<int, int> resized)
    {
        _before = before;
        _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => resized(Console.WindowWidth, Console.WindowHeight));
    }

    /// <summary>Null where there is no terminal to be had.</summary>
    /// <param name="resized">Told columns and rows when the window changes.</param>
    public static RawTerminal? Enter(Action<int, int> resized)
    {
        if (OperatingSystem.IsWindows() || Stty("-g") is not { Length: > 0 } before || Stty("raw", "-echo") is null) return null;
        return new RawTerminal(before.Trim(), resized);
    }

    public void Dispose()
    {
        _resized.Dispose();
        _ = Stty(_before);
    }

    // stty(1) changes the terminal that is its input, which is ours.
    private static string? Stty(params string[] arguments)
    {
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo("stty", arguments) { UseShellExecute = false, RedirectStandardOutput = true });
            if (process is null) return null;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
