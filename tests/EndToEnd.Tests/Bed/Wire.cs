using System.Runtime.InteropServices;
using System.Text;

namespace EndToEnd.Tests.Bed;

/// <summary>
/// One cluster's link to the plane: two network devices whose frames this process carries from one to the other, so that it can drop, delay and
/// lose them, each way apart. It needs nothing of the kernel but <c>/dev/net/tun</c>.
/// </summary>
internal sealed partial class Wire : IDisposable
{
    private const int LongestFrame = 65_536;
    private const int LookAgainMilliseconds = 100;
    private readonly int _plane;
    private readonly int _cluster;
    private readonly Thread[] _carriers;
    private volatile bool _over;
    private volatile WireFault _toPlane = WireFault.None;
    private volatile WireFault _toCluster = WireFault.None;

    /// <summary>Makes both devices and begins to carry.</summary>
    /// <param name="planeEnd">The device on the plane's side.</param>
    /// <param name="clusterEnd">The device on the cluster's side.</param>
    public Wire(string planeEnd, string clusterEnd)
    {
        _plane = OpenDevice(planeEnd);
        _cluster = OpenDevice(clusterEnd);
        _carriers =
        [
            new(() => Carry(_cluster, _plane, () => _toPlane)) { IsBackground = true, Name = $"{clusterEnd} to {planeEnd}" },
            new(() => Carry(_plane, _cluster, () => _toCluster)) { IsBackground = true, Name = $"{planeEnd} to {clusterEnd}" },
        ];
        foreach (Thread carrier in _carriers) carrier.Start();
    }

    /// <summary>What becomes of what the cluster sends.</summary>
    public WireFault ToPlane
    {
        set => _toPlane = value;
    }

    /// <summary>What becomes of what the plane sends.</summary>
    public WireFault ToCluster
    {
        set => _toCluster = value;
    }

    public void Both(WireFault fault)
    {
        _toPlane = fault;
        _toCluster = fault;
    }

    /// <summary>No frame arrives any more, on either side; nobody is told.</summary>
    public void Cut() => Both(WireFault.Severed);

    public void Heal() => Both(WireFault.None);

    public void Dispose()
    {
        _over = true;
        foreach (Thread carrier in _carriers) carrier.Join();
        // The kernel's devices go with their descriptors.
        _ = Close(_plane);
        _ = Close(_cluster);
    }

    private void Carry(int from, int to, Func<WireFault> fault)
    {
        var late = new Queue<(TimeSpan Due, byte[] Frame)>();
        byte[] frame = new byte[LongestFrame];
        long epoch = TimeProvider.System.GetTimestamp();
        TimeSpan last = TimeSpan.Zero;
        while (!_over)
        {
            TimeSpan now = TimeProvider.System.GetElapsedTime(epoch);
            int wait = late.TryPeek(out (TimeSpan Due, byte[] Frame) next) ? Math.Clamp((int)Math.Ceiling((next.Due - now).TotalMilliseconds), 0, LookAgainMilliseconds) : LookAgainMilliseconds;
            var entry = new PollEntry { Descriptor = from, Asked = 1 };
            if (Poll(ref entry, 1, wait) > 0 && Read(from, frame, (nint)frame.Length) is > 0 and var length)
            {
                WireFault present = fault();
                if (!present.Cut && (present.Loss == 0 || Random.Shared.NextDouble() >= present.Loss))
                {
                    if (present.Delay == TimeSpan.Zero && late.Count == 0)
                    {
                        _ = Write(to, frame, length);
                    }
                    else
                    {
                        TimeSpan due = TimeProvider.System.GetElapsedTime(epoch) + present.Delay + (present.Jitter * Random.Shared.NextDouble());
                        last = due > last ? due : last;
                        late.Enqueue((last, frame[..(int)length]));
                    }
                }
            }
            now = TimeProvider.System.GetElapsedTime(epoch);
            while (late.TryPeek(out next) && next.Due <= now)
            {
                late.Dequeue();
                if (!fault().Cut) _ = Write(to, next.Frame, next.Frame.Length);
            }
        }
    }

    // linux/if_tun.h: whole Ethernet frames without a header of the device's own. struct ifreq: the name, then the flags.
    private static int OpenDevice(string name)
    {
        const int readWriteCloseOnExec = 0x80002;
        const ulong setInterface = 0x400454ca;
        const short tapWithoutHeader = 0x1002;
        int descriptor = Open("/dev/net/tun", readWriteCloseOnExec);
        if (descriptor < 0) throw new IOException($"/dev/net/tun cannot be opened: error {Marshal.GetLastPInvokeError()}");
        byte[] request = new byte[40];
        Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
        BitConverter.GetBytes(tapWithoutHeader).CopyTo(request, 16);
        if (Control(descriptor, setInterface, request) == 0) return descriptor;
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        throw new IOException($"the device {name} cannot be made: error {error}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, ulong request, [In, Out] byte[] argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, [Out] byte[] buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, [In] byte[] buffer, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Asked;
        public short Found;
    }
}
