using System.Globalization;
using Federation.Cli.Session;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Applying;

/// <summary>
/// Removes in the reverse of the order of application, a kind at a time: routes first, so that no request is sent where nothing answers; then
/// workloads, until their replicas are gone; then what these used.
/// </summary>
internal sealed class Removal(PlaneSession session, CliConsole console)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    /// <param name="doomed">What to remove.</param>
    /// <param name="tolerant">Whether what is not there counts as removed.</param>
    /// <param name="waitFor">How long to wait until each kind is gone before the next is begun; null to ask for everything and wait for nothing.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="CliException">One is not there, or the time ran out.</exception>
    public async Task RunAsync(IReadOnlyList<Doomed> doomed, bool tolerant, TimeSpan? waitFor, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        var progress = new ProgressLines(console);
        foreach (IGrouping<int, Doomed> step in doomed.GroupBy(one => one.Kind.ApplyOrder).OrderByDescending(step => step.Key))
        {
            var left = new List<Doomed>();
            foreach (Doomed one in step)
            {
                bool was = await session.DeleteAsync(one.Kind, one.Namespace, one.Name, ct);
                if (!was && !tolerant) throw PlaneSession.NotFound(one.Kind, one.Name);
                if (!was) console.Out.WriteLine($"{one.Text} not found");
                else if (one.Kind != ResourceKind.Of<Workload>()) console.Out.WriteLine($"{one.Text} deleted");
                else if (waitFor is null) console.Out.WriteLine($"{one.Text} is being deleted");
                else left.Add(one);
            }
            if (left.Count > 0) await UntilGoneAsync(left, progress, start, waitFor!.Value, ct);
        }
    }

    private async Task UntilGoneAsync(List<Doomed> left, ProgressLines progress, long start, TimeSpan timeout, CancellationToken ct)
    {
        Doomed[] all = [.. left];
        while (true)
        {
            var states = new List<ProgressItem>();
            foreach (Doomed one in all)
            {
                var workload = left.Contains(one) ? await PlanePatience.WithinAsync(timeout, start, token => session.Client.FindAsync(one.Kind, one.Name, one.Namespace, token), ct) as Workload : null;
                if (workload is null && left.Remove(one)) console.Out.WriteLine($"{one.Text} deleted");
                states.Add(workload is null ? new ProgressItem(one.Text, "gone", [], null, ProgressState.Done) : Item(one.Text, workload));
            }
            progress.Show(states);
            if (left.Count == 0) return;
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                throw new CliException(ExitCode.Timeout, string.Create(CultureInfo.InvariantCulture, $"{left[0].Text} is still there after {timeout.TotalSeconds:0} s; what comes after it was not deleted"),
                    $"see why with: fedctl describe workload {left[0].Name}; then delete again");
            }
            await Task.Delay(Pause, ct);
        }
    }

    private static ProgressItem Item(string name, Workload workload)
    {
        WorkloadClusterStatus[] shares = [.. workload.Status?.Clusters ?? []];
        int replicas = shares.Sum(Left);
        return new ProgressItem(
            name, shares.Length == 0 ? "stopping" : string.Create(CultureInfo.InvariantCulture, $"stopping, {replicas} replica{(replicas == 1 ? "" : "s")} left"),
            [.. shares.Select(static share => (share.Cluster, Left(share).ToString(CultureInfo.InvariantCulture)))], null, ProgressState.UnderWay);
    }

    private static int Left(WorkloadClusterStatus share) => Math.Max(share.Ready, share.Assigned);
}
