using System.Runtime.InteropServices;

namespace EndToEnd.Tests.Machine;

/// <summary>Signals to one process.</summary>
internal static partial class Signals
{
    private const int InterruptSignal = 2;
    private const int KillSignal = 9;
    private const int ContinueSignal = 18;
    private const int StopSignal = 19;

    /// <summary>What a terminal's Ctrl-C sends.</summary>
    public static void Interrupt(int process) => Assert.Equal(0, Send(process, InterruptSignal));

    /// <summary><c>kill -9</c></summary>
    public static void Kill(int process) => Assert.Equal(0, Send(process, KillSignal));

    /// <summary><c>kill -9</c> of what may be gone already.</summary>
    public static void TryKill(int process) => _ = Send(process, KillSignal);

    /// <summary>It does nothing more until <see cref="Continue"/>, and nobody is told.</summary>
    public static void Stop(int process) => Assert.Equal(0, Send(process, StopSignal));

    public static void Continue(int process) => Assert.Equal(0, Send(process, ContinueSignal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
