
namespace Federation.Dashboard.Display;

/// <summary>Where the dashboard's pages are.</summary>
public static class Addresses
{
    public static string Cluster(string name) => $"/clusters/{Uri.EscapeDataString(name)}";

    public static string Workload(string inNamespace, string name) => $"/workloads/{Uri.EscapeDataString(inNamespace)}/{Uri.EscapeDataString(name)}";

    public static string Logs(string inNamespace, string name) => Workload(inNamespace, name) + "/logs";

    /// <summary>The page of what an event is about: <c>Workload default/web</c>; null where there is none.</summary>
    public static string? OfObject(string about) => about.Split(' ', 2) switch
    {
        ["Cluster", var name] when Domain.Identifiers.Name.Violation(name) is null => Cluster(name),
        ["Node", var name] when name.Split('/') is [var cluster, _] && Domain.Identifiers.Name.Violation(cluster) is null => Cluster(cluster),
        ["Workload", var name] when name.Split('/') is [var room, var workload] && Domain.Identifiers.Name.Violation(room) is null && Domain.Identifiers.Name.Violation(workload) is null =>
            Workload(room, workload),
        _ => null,
    };

    /// <summary>Whether a path may be gone to after signing in: one of this site's own.</summary>
    public static bool IsLocal(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl);
}
