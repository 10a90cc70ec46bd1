namespace Federation.Adapters.Node.Processes;

/// <summary>
/// Tells at once that a process has ended: its handle becomes readable. One thread sleeps in the kernel for all of them. What it tells is a hint;
/// who is told looks himself. Thread-safe.
/// </summary>
internal sealed class EndWatch : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly object _gate = new();
    private readonly HashSet<int> _handles = [];
    private readonly int _changes;
    private Action? _ended;
    private bool _over;

    /// <summary>Begins to watch; nothing is watched yet.</summary>
    /// <exception cref="IOException">The kernel gives no handle.</exception>
    public EndWatch()
    {
        _changes = Native.EventDescriptor(0, CloseOnExec | NonBlocking);
        if (_changes < 0) throw new IOException("the kernel gives no handle to watch the ends of replicas by");
        new Thread(Watch) { IsBackground = true, Name = "ends of replicas" }.Start();
    }

    /// <summary>Says whom to tell, from the watch's own thread.</summary>
    public void Tell(Action ended)
    {
        lock (_gate) _ended = ended;
    }

    /// <summary>Watches a process's handle; its end is told once.</summary>
    public void Add(int handle) => Change(() => _handles.Add(handle));

    /// <summary>Watches it no more: call it before the handle is closed.</summary>
    public void Drop(int handle) => Change(() => _handles.Remove(handle));

    /// <inheritdoc/>
    public void Dispose() => Change(() => _over = true);

    private void Change(Action change)
    {
        lock (_gate)
        {
            // The thread closes it when it ends.
            if (_over) return;
            change();
            ulong one = 1;
            _ = Native.Write(_changes, ref one, sizeof(ulong));
        }
    }

    private void Watch()
    {
        while (true)
        {
            Native.PollEntry[] entries;
            lock (_gate)
            {
                if (_over)
                {
                    _ = Native.Close(_changes);
                    return;
                }
                entries = [new() { Descriptor = _changes, Asked = Native.Readable }, .. _handles.Select(static handle => new Native.PollEntry { Descriptor = handle, Asked = Native.Readable })];
            }
            // Interrupted, it is begun again.
            if (Native.Poll(ref entries[0], (ulong)entries.Length, -1) <= 0) continue;
            Action? tell = null;
            lock (_gate)
            {
                if (entries[0].Found != 0)
                {
                    ulong count = 0;
                    _ = Native.Read(_changes, ref count, sizeof(ulong));
                }
                for (int i = 1; i < entries.Length; i++)
                    if (entries[i].Found != 0 && _handles.Remove(entries[i].Descriptor)) tell = _ended;
            }
            tell?.Invoke();
        }
    }
}
