using System.Globalization;
using Federation.Adapters.Node.Processes;

namespace Federation.Adapters.Node.Containers;

/// <summary>Finds a container's process on this machine. An engine elsewhere tells numbers of its own machine, which are others' here.</summary>
internal static class ContainerProcess
{
    /// <summary>The process, if the kernel says that it is the container's; null otherwise.</summary>
    public static ProcessIdentity? Find(int process, string container) =>
        process > 1 && ProcessIdentity.Of(process) is { } identity && IsOf(process, container) && identity.IsAlive ? identity : null;

    /// <summary>Whether a process of this machine is in the container's control group.</summary>
    public static bool IsOf(int process, string container)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cgroup")).Contains(container, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
