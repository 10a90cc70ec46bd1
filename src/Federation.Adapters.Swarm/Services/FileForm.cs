using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Engine.Swarm;
using OctalMode = Federation.Domain.Workloads.OctalMode;

namespace Federation.Adapters.Swarm.Services;

/// <summary>A file of a Config or Secret in a swarm, and how a service's containers see it. Pure.</summary>
internal static class FileForm
{
    /// <summary>Makes the swarm's config or secret.</summary>
    public static FileSpec Make(string plane, Assignment order, MaterialFile file, byte[] content) => new()
    {
        Name = file.Name,
        Labels = SwarmLabels.Of(plane, order.Cluster, order.Workload.Tenant, order.Workload.Namespace),
        Data = content,
    };

    /// <summary>Where it lies, whose it is, and with which rights.</summary>
    public static FileTarget Placed(MaterialFile file, Assignment order)
    {
        var target = new FileTarget { Name = file.Target, Mode = file.IsSecret ? 0x100u : 0x124u };
        if (file.IsSecret) target = OwnedBy(target, order);
        if (file.Placing is not { } placing) return target;
        return target with
        {
            Mode = placing.Mode is { } mode && OctalMode.Read(mode) is { } rights ? (uint)rights : 0x124u,
            UserId = placing.User ?? target.UserId,
            GroupId = placing.Group ?? target.GroupId,
        };
    }

    // A secret is its user's alone, where the user is told by number; by name, it is known inside the container only.
    private static FileTarget OwnedBy(FileTarget target, Assignment order)
    {
        string[] parts = (order.Template.Container?.User ?? "0").Split(':');
        if (!parts[0].All(char.IsAsciiDigit) || parts[0].Length == 0) return target with { Mode = 0x124 };
        return target with { UserId = parts[0], GroupId = parts.Length > 1 && parts[1].Length > 0 && parts[1].All(char.IsAsciiDigit) ? parts[1] : "0" };
    }
}
