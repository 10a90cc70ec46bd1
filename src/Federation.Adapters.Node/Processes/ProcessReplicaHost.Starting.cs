using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Processes;

public sealed partial class ProcessReplicaHost
{
    private const string SystemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

    /// <inheritdoc/>
    public Task<IReadOnlyList<HostedReplica>> AdoptAsync(CancellationToken cancellationToken)
    {
        var found = new List<HostedReplica>();
        lock (_gate)
        {
            foreach (string root in Directory.EnumerateDirectories(_replicas).Order(StringComparer.Ordinal))
            {
                try
                {
                    if (Adopt(new ReplicaId(Path.GetFileName(root))) is { } replica) found.Add(replica);
                }
                catch (Exception e) when (e is IOException or JsonException)
                {
                    LogUnreadable(_logger, e, root);
                }
            }
        }
        return Task.FromResult<IReadOnlyList<HostedReplica>>(found);
    }

    /// <inheritdoc/>
    public Task<ReplicaStart> StartAsync(ReplicaLaunch launch, CancellationToken cancellationToken)
    {
        string? refusal;
        try
        {
            lock (_gate) refusal = Start(launch);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            refusal = $"its folders, limits or process could not be made: {e.Message}";
        }
        return Task.FromResult<ReplicaStart>(refusal is null ? ReplicaStart.Started.Instance : new ReplicaStart.Refused(refusal));
    }

    private string? Start(ReplicaLaunch launch)
    {
        ReplicaRecord record = launch.Record;
        if (record.Template.Process is not { } program) return "the template has no process";
        if (_hosted.Remove(record.Id, out HostedProcess? earlier))
        {
            if (earlier.End is null) Kill(earlier);
            earlier.Dispose();
        }
        if (_groups.Kill(record.Id)) return "processes of its predecessor are still ending";
        if (!_users.TryGet(record.Workload.Tenant, out uint? user, out string? refusal)) return refusal;

        ReplicaFolder folder = FolderOf(record.Id);
        SortedDictionary<string, string> volumes = new(StringComparer.Ordinal);
        foreach (VolumeReference volume in record.Template.Volumes ?? []) volumes[volume.Name] = PrepareVolume(record.Workload, volume.Name, user);
        if (ReplicaEnvironment.TryMake(record, _options, folder, MarkOf(record.Id), volumes, out refusal) is not { } environment) return refusal;
        if (PrepareFolder(folder, launch, user) is { } rule) return rule;

        IReadOnlyList<string> groups = _groups.Create(record.Id, record.Template.Resources);
        PrivateFolder.Replace(folder.Groups, string.Concat(groups.Select(static group => group + "\n")));
        PrivateFolder.Replace(folder.Record, JsonSerializer.Serialize(record, DomainJson.Options));
        string shell = environment.ToShell(program.WorkingDirectory is { } working ? Path.Combine(folder.Home, environment.Expand(working)) : folder.Home);
        File.Delete(folder.Environment);
        WriteFor(user, folder.Environment, shell);

        string[] arguments =
        [
            "/bin/sh", _parent, folder.Control, folder.Log, record.Attempt.ToString(CultureInfo.InvariantCulture),
            user?.ToString(CultureInfo.InvariantCulture) ?? "-", record.Singleton ? LeaseFile : "-", folder.Environment,
            environment.Expand(program.Command), .. (program.Arguments ?? []).Select(environment.Expand),
        ];
        Logs.Begin(record.Id);
        int parent = StartClean("/usr/bin/setsid", arguments, MarkOf(record.Id));
        Logs.Expect(record.Id);
        var hosted = new HostedProcess(record, folder, _watch) { ParentProcess = parent };
        _hosted[record.Id] = hosted;
        // It may have ended already: then what it noted is all there is.
        if (!hosted.WatchParent(parent)) Ended(hosted, StatusOf(hosted));
        return null;
    }

    // Nothing of the agent's environment, and nothing of the tenant's while it is still the agent's user.
    private static int StartClean(string program, IReadOnlyList<string> arguments, string mark)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = SystemPath;
        start.Environment["FEDERATION_MARK"] = mark;
        using Process process = Process.Start(start)!;
        return process.Id;
    }

    private string? PrepareFolder(ReplicaFolder folder, ReplicaLaunch launch, uint? user)
    {
        WorkloadTemplate template = launch.Record.Template;
        bool material = template.Configs is { Count: > 0 } || (template.Secrets ?? []).Any(secret => !ImagePulls.IsForImage(template, secret));
        PrivateFolder.Ensure(folder.Root, PrivateFolder.Traversable);
        PrivateFolder.Ensure(folder.Control);
        foreach (string note in (string[])[folder.Parent, folder.Child, folder.Status, folder.Fenced]) File.Delete(note);
        // The tenant's own now, links and all: it goes on with it as it is.
        if (Directory.Exists(folder.Home)) return null;
        if (material && !_memoryBacked) return $"{_runtime} is on a disk, and secrets are laid in memory alone: give the agent a runtime folder on a tmpfs";
        if (material && launch.Material is null) return "its configs and secrets are gone, and its revision is no longer ordered";
        string making = folder.Home + ".new";
        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
        PrivateFolder.Ensure(making);
        foreach (string place in (string[])["configs", "secrets"]) PrivateFolder.Ensure(Path.Combine(making, place));
        if (material && MaterialFiles.Write(making, template, launch.Material!, _opener) is { } refusal)
        {
            Directory.Delete(making, recursive: true);
            return refusal;
        }
        if (user is { } owner) HandOver(making, owner);
        Directory.Move(making, folder.Home);
        return null;
    }

    private string PrepareVolume(WorkloadKey workload, string name, uint? user)
    {
        string path = Path.Combine(_volumes, workload.Tenant.Value, workload.Namespace, name);
        if (Directory.Exists(path)) return path;
        // The parent of the usual place is the agent's own too; a place that somebody chose has parents of theirs.
        if (_options.VolumeDirectory is null && Native.IsRoot) PrivateFolder.Ensure(Path.GetDirectoryName(_volumes)!, PrivateFolder.Traversable);
        foreach (string above in (string[])[_volumes, Path.Combine(_volumes, workload.Tenant.Value), Path.GetDirectoryName(path)!])
            PrivateFolder.Ensure(above, PrivateFolder.Traversable);
        string making = path + ".new";
        PrivateFolder.Ensure(making);
        if (user is { } owner) HandOver(making, owner);
        Directory.Move(making, path);
        return path;
    }

    // From the leaves up: until the last step the tenant cannot enter.
    private static void HandOver(string folder, uint user)
    {
        foreach (string inner in Directory.EnumerateDirectories(folder)) HandOver(inner, user);
        foreach (string file in Directory.EnumerateFiles(folder)) Own(file, user);
        Own(folder, user);
    }

    private static void Own(string path, uint user)
    {
        if (Native.ChangeOwner(path, user, user) != 0) throw new IOException($"{path} could not be given to user {user}");
    }

    private static void WriteFor(uint? user, string path, string content)
    {
        using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead }))
            file.Write(Encoding.UTF8.GetBytes(content));
        if (user is { } owner) Own(path, owner);
    }

    private HostedReplica? Adopt(ReplicaId id)
    {
        ReplicaFolder folder = FolderOf(id);
        if (!File.Exists(folder.Record)) return null;
        ReplicaRecord record = JsonSerializer.Deserialize<ReplicaRecord>(File.ReadAllText(folder.Record), DomainJson.Options)!;
        ProcessIdentity? parent = ProcessIdentity.FromNote(folder.Parent, record.Attempt);
        var hosted = new HostedProcess(record, folder, _watch) { ParentProcess = parent?.Process ?? 0 };
        _hosted[id] = hosted;
        Logs.Expect(id);
        if (parent is { } identity && hosted.WatchParent(identity)) return new HostedReplica(record, null);
        int? status = StatusOf(hosted);
        if (status is null && hosted.LearnChild() && hosted.Adopt(hosted.Child!.Value))
        {
            LogOrphaned(_logger, id);
            if (record.Singleton) Kill(hosted);
            return new HostedReplica(record, null);
        }
        // A parent that has not noted itself yet has no process yet; it is found by its mark.
        if (parent is null) KillMarked(id);
        Ended(hosted, status);
        _ends.Remove(hosted.End!);
        return new HostedReplica(record, status is null ? hosted.End! with { Description = "it ended while the agent was away" } : hosted.End);
    }

    private void KillMarked(ReplicaId id)
    {
        string mark = "FEDERATION_MARK=" + MarkOf(id);
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process)) continue;
            try
            {
                if (File.ReadAllText(Path.Combine(entry, "environ")).Split('\0').Contains(mark, StringComparer.Ordinal)) _ = Native.SendSignal(process, Native.Kill);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's and thus not ours.
            }
        }
    }
}
