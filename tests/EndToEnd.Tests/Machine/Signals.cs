using System.Runtime.InteropServices;

namespace EndToEnd.Tests.Machine;

/// <summary>Signals to one process.</summary>
internal static partial class Signals
{
    private const int InterruptSignal = 2;
    private const int KillSignal = 9;

    /// <summary>What a terminal's Ctrl-C sends.</summary>
    public static void Interrupt(int process) => Assert.Equal(0, Send(process, InterruptSignal));

    /// <summary><c>kill -9</c></summary>
    public static void Kill(int process) => Assert.Equal(0, Send(process, KillSignal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
