using System.Runtime.InteropServices;

namespace Federation.Adapters.Node.Processes;

/// <summary>The few calls to the kernel that .NET does not offer.</summary>
internal static class Native
{
    public const int Terminate = 15;
    public const int Kill = 9;
    public const short Readable = 1;
    public const long NanosecondsPerSecond = 1_000_000_000;

    private const long PidfdSendSignal = 424;
    private const long PidfdOpen = 434;
    private const long TemporaryFileSystem = 0x01021994;
    private const int CurrentFolder = -100;
    private const int NotFollowing = 0x100;
    private const uint AskOwner = 0x8;
    private const long MemoryFileSystem = 0x858458f6;
    private const int BootClock = 7;

    public static bool IsRoot { get; } = EffectiveUser() == 0;

    /// <summary>A handle of a process that stays that process's, even when its id is used again; negative if there is none such.</summary>
    public static int OpenProcess(int process) => (int)SystemCall(PidfdOpen, process, 0, 0, 0);

    public static bool SignalProcess(int handle, int signal) => SystemCall(PidfdSendSignal, handle, signal, 0, 0) == 0;

    public static bool IsMemoryBacked(string path)
    {
        Span<long> result = stackalloc long[32];
        return StatFileSystem(path, ref MemoryMarshal.GetReference(result)) == 0 && (uint)result[0] is (uint)TemporaryFileSystem or (uint)MemoryFileSystem;
    }

    /// <summary>Who owns what lies at the path, links not followed; null if nothing does.</summary>
    public static uint? OwnerOf(string path)
    {
        Span<uint> result = stackalloc uint[64];
        return StatExtended(CurrentFolder, path, NotFollowing, AskOwner, ref MemoryMarshal.GetReference(result)) == 0 ? result[5] : null;
    }

    public static uint CurrentUser { get; } = EffectiveUser();

    /// <summary>Nanoseconds since this machine was booted, those asleep included (<c>CLOCK_BOOTTIME</c>).</summary>
    public static long SinceBoot()
    {
        // timespec(3type) of 64-bit Linux: seconds, then nanoseconds.
        Span<long> now = stackalloc long[2];
        if (ReadClock(BootClock, ref MemoryMarshal.GetReference(now)) != 0) throw new PlatformNotSupportedException("the kernel has no clock that goes on while the machine sleeps");
        return (now[0] * NanosecondsPerSecond) + now[1];
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static extern int ReadClock(int clock, ref long now);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int SendSignal(int process, int signal);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    public static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", EntryPoint = "rmdir", SetLastError = true)]
    public static extern int RemoveFolder([MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static extern int Poll(ref PollEntry entries, ulong count, int milliseconds);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static extern int EventDescriptor(uint initial, int flags);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int descriptor, ref ulong value, nint length);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int descriptor, ref ulong value, nint length);

    [DllImport("libc", EntryPoint = "mount", SetLastError = true)]
    public static extern int Mount(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string type, ulong flags, [MarshalAs(UnmanagedType.LPUTF8Str)] string options);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern long SystemCall(long number, long a, long b, long c, long d);

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint EffectiveUser();

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatExtended(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref uint buffer);

    [DllImport("libc", EntryPoint = "statfs", SetLastError = true)]
    private static extern int StatFileSystem([MarshalAs(UnmanagedType.LPUTF8Str)] string path, ref long buffer);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Asked;
        public short Found;
    }
}
