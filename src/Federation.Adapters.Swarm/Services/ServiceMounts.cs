using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Services;

/// <summary>What a task sees of volumes, of its machine, and of memory. Pure.</summary>
internal static class ServiceMounts
{
    // What an engine's own have in any case.
    private static readonly string[] Usual = ["rw", "noexec", "nosuid", "nodev"];

    /// <summary>What a swarm cannot mount; null if it can mount all.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        foreach (TmpfsMount tmpfs in template.Container?.Tmpfs ?? [])
        {
            if (tmpfs.Options?.FirstOrDefault(static option => !Usual.Contains(option)) is { } option) return $"the file system in memory at {tmpfs.Path} has the mount option {option}, and a swarm takes its size and mode alone";
            if (tmpfs.Mode is { } mode && OctalMode.Read(mode) is null) return $"the mode {mode} of the file system in memory at {tmpfs.Path} is no octal number";
        }
        foreach (BindMount bind in template.Container?.Binds ?? [])
        {
            if (bind.Pipe || bind.Recursive is not null)
                return $"the folder {bind.Source} is to be seen at {bind.Path} with {(bind.Pipe ? "pipe" : "recursive")}, which a swarm does not say to its machines";
        }
        return null;
    }

    /// <summary>Where each volume is seen, first of all.</summary>
    public static IReadOnlyDictionary<string, string> Folders(WorkloadTemplate template) =>
        (template.Volumes ?? []).GroupBy(static volume => volume.Name, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.First().PathInside, StringComparer.Ordinal);

    /// <summary>All mounts of an order's tasks.</summary>
    public static IReadOnlyList<TaskMount> Of(SwarmNames names, Assignment order, IReadOnlyDictionary<string, string> labels)
    {
        WorkloadTemplate template = order.Template;
        return
        [
            .. (template.Volumes ?? []).Select(volume => new TaskMount
            {
                Type = "volume",
                Source = volume.EngineName ?? Adopted(order, volume) ?? names.Volume(order.Workload.Tenant, order.Workload.Namespace, volume.Name),
                Target = volume.PathInside,
                ReadOnly = volume.ReadOnly,
                VolumeOptions = new TaskVolumeOptions
                {
                    NoCopy = volume.NoCopy,
                    Subpath = volume.SubPath,
                    // A volume outlives the workload that made it: it carries its namespace's marks alone.
                    Labels = labels.Where(static label => label.Key is SwarmLabels.Plane or SwarmLabels.Cluster or SwarmLabels.Tenant or SwarmLabels.Namespace).ToDictionary(),
                    DriverConfig = volume.Driver is not null || volume.DriverOptions is not null ? new TaskVolumeDriver(volume.Driver ?? "local", volume.DriverOptions) : null,
                },
            }),
            .. (template.Container?.Tmpfs ?? []).Select(static tmpfs => new TaskMount { Type = "tmpfs", Target = tmpfs.Path, TmpfsOptions = new TaskTmpfsOptions(tmpfs.Size?.Value ?? 0, (uint)(tmpfs.Mode is { } mode ? OctalMode.Read(mode) ?? 0 : 0)) }),
            .. (template.Container?.Binds ?? []).Select(static bind => new TaskMount { Type = "bind", Source = bind.Source, Target = bind.Path, ReadOnly = bind.ReadOnly, BindOptions = new TaskBindOptions(bind.Propagation, bind.Create) }),
            .. (template.Container?.Scratch ?? []).Select(static path => new TaskMount { Type = "volume", Target = path }),
        ];
    }

    private static string? Adopted(Assignment order, VolumeReference volume) => order.AdoptedVolumes?.FirstOrDefault(adopted => adopted.Name == volume.Name)?.Source;
}
