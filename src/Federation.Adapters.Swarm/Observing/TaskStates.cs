using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>What the states of a task have in common.</summary>
internal static class TaskStates
{
    /// <summary>Its machine told that it has ended. An orphan has not: its machine was lost, and may run it still.</summary>
    public static bool HasEnded(this SwarmTask task) => task.Status.State is "complete" or "shutdown" or "failed" or "rejected" or "remove";

    /// <summary>The managers want it to end, or to have ended.</summary>
    public static bool IsUnwanted(this SwarmTask task) => task.DesiredState is "shutdown" or "remove" or "complete" or "orphaned" || task.Status.State == "orphaned";

    /// <summary>Its program runs, as far as its machine told.</summary>
    public static bool IsUp(this SwarmTask task) => task.Status.State == "running";

    /// <summary>It takes the place of one that has ended, after a pause.</summary>
    public static bool WaitsItsTurn(this SwarmTask task) => task.DesiredState == "ready";
}
