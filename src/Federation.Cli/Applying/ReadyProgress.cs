using System.Globalization;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Applying;

/// <summary>Waits until workloads are what they were declared to be, and shows how far they are, cluster by cluster.</summary>
internal sealed class ReadyProgress(PlaneSession session, CliConsole console)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);
    private readonly ProgressLines _lines = new(console);

    /// <exception cref="CliException">The time ran out, one is gone, or its newest template failed.</exception>
    public Task WaitAsync(IReadOnlyList<(string Namespace, string Name)> workloads, TimeSpan timeout, CancellationToken ct) => WaitAsync(workloads, IsReady, "ready", timeout, ct);

    /// <summary>Waits until they have run to their ends by design.</summary>
    /// <exception cref="CliException">The time ran out, one is gone, or one failed.</exception>
    public Task WaitForEndAsync(IReadOnlyList<(string Namespace, string Name)> workloads, TimeSpan timeout, CancellationToken ct) => WaitAsync(workloads, HasCompleted, "completed", timeout, ct);

    private async Task WaitAsync(IReadOnlyList<(string Namespace, string Name)> workloads, Func<Workload, bool> done, string what, TimeSpan timeout, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var states = new List<(string Name, Workload Workload)>();
            foreach ((string room, string name) in workloads)
            {
                states.Add((name, await PlanePatience.WithinAsync(timeout, start, token => session.Client.FindAsync(ResourceKind.Of<Workload>(), name, room, token), ct) as Workload ?? throw new CliException(ExitCode.Failed, $"workload/{name} was deleted meanwhile")));
            }
            Show(states);
            if (states.TrueForAll(state => done(state.Workload))) return;
            if (states.Find(state => HasFailed(state.Workload)) is { Workload: { } failed } of)
                throw new CliException(ExitCode.Failed, $"workload/{of.Name}: {(failed.Status!.Rollout is { State: "Undone" or "Failed", Message: { } line } ? line : failed.Status.Message)}", $"see what it was with: fedctl rollout history {of.Name}");
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                (string name, Workload late) = states.Find(state => !done(state.Workload));
                throw new CliException(ExitCode.Timeout, $"not {what} within {timeout.TotalSeconds:0} s: workload/{name} is {Text(late)}", $"see why with: fedctl describe workload {name}");
            }
            await Task.Delay(Pause, ct);
        }
    }

    public static bool IsReady(Workload workload) =>
        workload.Status is { Phase: "Ready" or "Completed" } status && status.ObservedGeneration >= (workload.Metadata.Generation ?? 0);

    /// <summary>Whether it has run to its end by design.</summary>
    public static bool HasCompleted(Workload workload) => IsReady(workload) && workload.Status!.Phase == "Completed";

    /// <summary>Whether its newest template was tried, and failed; or a replica ended with a failure and is not restarted.</summary>
    public static bool HasFailed(Workload workload) =>
        workload.Status is ({ Rollout.State: "Undone" or "Failed" } or { Phase: "Failed" }) and { } status && status.ObservedGeneration >= (workload.Metadata.Generation ?? 0);

    private static string Text(Workload workload) => Item(workload) is var item && item.Note is { } note ? $"{item.Text}  {note}" : item.Text;

    private static ProgressItem Item(Workload workload)
    {
        WorkloadStatus status = workload.Status ?? new WorkloadStatus();
        bool seen = status.ObservedGeneration >= (workload.Metadata.Generation ?? 0);
        return new ProgressItem(
            "workload/" + workload.Metadata.Name,
            string.Create(CultureInfo.InvariantCulture, $"{(seen ? ResourceTable.State(workload) : "Pending"),-11} {status.UpdatedReady}/{status.Desired} ready"),
            [.. (status.Clusters ?? []).Select(static share => (share.Cluster, string.Create(CultureInfo.InvariantCulture, $"{share.Ready}/{share.Assigned}")))],
            seen && status.Message is { Length: > 0 } message && status.Phase is not ("Ready" or "Completed") ? message : null,
            IsReady(workload) ? ProgressState.Done : HasFailed(workload) ? ProgressState.Failed : ProgressState.UnderWay);
    }

    private void Show(List<(string Name, Workload Workload)> states) => _lines.Show([.. states.Select(static state => Item(state.Workload))]);
}
