using System.Diagnostics;
using System.Globalization;
using Federation.Adapters.Node.Processes;

namespace Federation.Adapters.Node.Containers;

/// <content>
/// A singleton's guard: a process beside its container that ends it when the node's lease has ended, though the agent be dead.
/// </content>
public sealed partial class ContainerReplicaHost
{
    // It is there before the container starts: an agent that dies in between leaves no singleton unguarded.
    private void StartGuard(HostedContainer hosted)
    {
        hosted.Guarded = true;
        var start = new ProcessStartInfo("/usr/bin/setsid", ["/bin/sh", _guard, hosted.Folder.Control, AttemptOf(hosted.Record), _machine.LeaseFile, _machine.MarkOf(hosted.Record.Id)])
        {
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        using Process process = Process.Start(start)!;
    }

    private static bool IsGuarded(HostedContainer hosted) => ProcessIdentity.FromNote(hosted.Folder.Guard, hosted.Record.Attempt) is { IsAlive: true };

    // It may not have noted itself yet: then it reads that it is over.
    private static void EndGuard(HostedContainer hosted)
    {
        if (!hosted.Record.Singleton) return;
        ContainerFolder folder = hosted.Folder;
        PrivateFolder.Replace(folder.Over, AttemptOf(hosted.Record) + "\n");
        if (ProcessIdentity.ReadNote(folder.Guard) is not [_, var process, var started]
            || !int.TryParse(process, CultureInfo.InvariantCulture, out int id) || !ulong.TryParse(started, CultureInfo.InvariantCulture, out ulong start)) return;
        int handle = Native.OpenProcess(id);
        if (handle < 0) return;
        if (new ProcessIdentity(id, start).IsAlive) _ = Native.SignalProcess(handle, Native.Kill);
        _ = Native.Close(handle);
    }
}
