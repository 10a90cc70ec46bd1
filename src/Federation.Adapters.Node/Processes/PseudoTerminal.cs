using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Federation.Adapters.Node.Processes;

/// <summary>A terminal without a screen: programs run on its <see cref="Path"/>, and this end is the screen and the keyboard. One reader, one writer.</summary>
public sealed class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100;
    private const int NoSuchInput = 5;
    private const int Interrupted = 4;
    private const nuint SetSize = 0x5414;
    private readonly SafeFileHandle _master;

    private PseudoTerminal(SafeFileHandle master, string path) => (_master, Path) = (master, path);

    /// <summary>What programs open.</summary>
    public string Path { get; }

    /// <summary>Makes a terminal.</summary>
    /// <exception cref="IOException">The system has none left.</exception>
    public static PseudoTerminal Open()
    {
        int descriptor = OpenMaster(ReadWriteNoControl | 0x80000);
        if (descriptor < 0) throw Failed("a terminal cannot be made");
        var master = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> name = stackalloc byte[64];
        if (Grant(descriptor) != 0 || Unlock(descriptor) != 0 || NameOf(descriptor, ref MemoryMarshal.GetReference(name), (nuint)name.Length) != 0)
        {
            master.Dispose();
            throw Failed("a terminal cannot be made");
        }
        return new PseudoTerminal(master, System.Text.Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]));
    }

    /// <summary>Tells programs how large the screen is.</summary>
    public void Resize(int columns, int rows)
    {
        var size = new WindowSize { Rows = (ushort)Math.Clamp(rows, 1, 1000), Columns = (ushort)Math.Clamp(columns, 1, 1000) };
        // A size that is not taken leaves the one before: nothing is lost.
        _ = Control((int)_master.DangerousGetHandle(), SetSize, ref size);
    }

    /// <summary>Makes the user the terminal's owner, as a login does.</summary>
    public void GiveTo(uint user) => _ = Native.ChangeOwner(Path, user, user);

    /// <summary>Waits at most so long for output; -1 if there was none, 0 once no program has the terminal open.</summary>
    public int Read(Span<byte> buffer, TimeSpan wait)
    {
        int descriptor = (int)_master.DangerousGetHandle();
        var poll = new Native.PollEntry { Descriptor = descriptor, Asked = Native.Readable };
        if (Native.Poll(ref poll, 1, (int)wait.TotalMilliseconds) <= 0) return -1;
        nint read = ReadSome(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
        if (read >= 0) return (int)read;
        return Marshal.GetLastPInvokeError() switch
        {
            Interrupted => -1,
            NoSuchInput => 0,
            _ => throw Failed("the terminal cannot be read"),
        };
    }

    /// <summary>Types; waits while the program does not read.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written = WriteSome((int)_master.DangerousGetHandle(), ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() != Interrupted) throw Failed("the terminal cannot be written");
            bytes = bytes[(int)Math.Max(written, 0)..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _master.Dispose();

    private static IOException Failed(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException(string.Create(CultureInfo.InvariantCulture, $"{what}: {new Win32Exception(error).Message}"));
    }

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static extern int OpenMaster(int flags);

    [DllImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static extern int Grant(int descriptor);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static extern int Unlock(int descriptor);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static extern int NameOf(int descriptor, ref byte buffer, nuint length);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int descriptor, nuint request, ref WindowSize size);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint ReadSome(int descriptor, ref byte buffer, nuint length);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint WriteSome(int descriptor, ref readonly byte buffer, nuint length);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelWidth;
        public ushort PixelHeight;
    }
}
