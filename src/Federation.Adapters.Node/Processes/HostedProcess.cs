using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Processes;

/// <summary>One replica in the host's hands: its parent and its process, by handles of the kernel that stay theirs.</summary>
internal sealed class HostedProcess(ReplicaRecord record, ReplicaFolder folder, EndWatch ends) : IDisposable
{
    private int _watched = -1;

    public ReplicaRecord Record { get; } = record;

    public ReplicaFolder Folder { get; } = folder;

    /// <summary>The parent, as this agent started it; known before it has noted itself.</summary>
    public int ParentProcess { get; init; }

    /// <summary>The replica's own process, once the parent has noted it.</summary>
    public ProcessIdentity? Child { get; private set; }

    /// <summary>The parent is gone and the process is not: only its end will be seen, not how.</summary>
    public bool Orphaned { get; private set; }

    /// <summary>A signal that came before the process was known.</summary>
    public bool TerminateWhenKnown { get; set; }

    public bool Killed { get; set; }

    public ReplicaEnd? End { get; set; }

    /// <summary>What becomes readable at the end of the parent, or of the process itself once it is orphaned.</summary>
    public int Watched => _watched;

    public bool WatchParent(ProcessIdentity parent) => Watch(parent);

    public bool WatchParent(int process)
    {
        _watched = Native.OpenProcess(process);
        if (_watched < 0) return false;
        ends.Add(_watched);
        return true;
    }

    public bool Adopt(ProcessIdentity child)
    {
        Orphaned = true;
        Child = child;
        return Watch(child);
    }

    /// <summary>Reads who the process is, as soon as that was noted.</summary>
    public bool LearnChild()
    {
        Child ??= ProcessIdentity.FromNote(Folder.Child, Record.Attempt);
        return Child is not null;
    }

    public void SignalChild(int signal)
    {
        if (Child is not { } child) return;
        int handle = Native.OpenProcess(child.Process);
        if (handle < 0) return;
        // The handle is of whoever has the id now: the start time says whether that is still ours.
        if (child.IsAlive) _ = Native.SignalProcess(handle, signal);
        _ = Native.Close(handle);
    }

    public void Dispose()
    {
        if (_watched < 0) return;
        ends.Drop(_watched);
        _ = Native.Close(_watched);
        _watched = -1;
    }

    private bool Watch(ProcessIdentity process)
    {
        Dispose();
        int handle = Native.OpenProcess(process.Process);
        if (handle < 0) return false;
        if (!process.IsAlive)
        {
            _ = Native.Close(handle);
            return false;
        }
        _watched = handle;
        ends.Add(handle);
        return true;
    }
}
