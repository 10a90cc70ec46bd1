using System.Globalization;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>
/// Finds the tasks that have ended and that the swarm does not start again: the newest of their slots, of services that are there and restart nothing, or only what failed.
/// Whom the swarm starts again gets a successor in the same moment in which it is given up, so that one without is the last. Pure.
/// </summary>
internal static class RunEnds
{
    /// <summary>Their ids.</summary>
    public static HashSet<string> Of(SwarmView view)
    {
        HashSet<string> services = [.. view.Services.Select(static service => service.Id)];
        var newest = new Dictionary<string, SwarmTask>(StringComparer.Ordinal);
        foreach (SwarmTask task in view.Tasks)
        {
            string slot = SlotOf(task);
            if (!newest.TryGetValue(slot, out SwarmTask? other) || IsNewer(task, other)) newest[slot] = task;
        }
        // What is removed, or was moved elsewhere, has been told so; this has just been told to stay as it is.
        return
        [
            .. newest.Values.Where(task => services.Contains(task.ServiceId) && task.DesiredState == "shutdown" && task.HasEnded() && task.Status.State != "remove"
                && task.Spec.RestartPolicy?.Condition is "none" or "on-failure").Select(static task => task.Id),
        ];
    }

    /// <summary>What the tasks that follow one another have in common.</summary>
    public static string SlotOf(SwarmTask task) => task.Slot > 0 ? string.Create(CultureInfo.InvariantCulture, $"{task.ServiceId}.{task.Slot}") : $"{task.ServiceId}.{task.NodeId}";

    private static bool IsNewer(SwarmTask task, SwarmTask other) =>
        task.CreatedAt != other.CreatedAt ? task.CreatedAt > other.CreatedAt : string.CompareOrdinal(task.Id, other.Id) > 0;
}
