using System.Globalization;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Contracts.Api;

namespace Federation.Cli.Moving;

/// <summary>Waits until a place is empty, and shows what is left there and what each share waits for.</summary>
internal sealed class DrainProgress(PlaneSession session, CliConsole console)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);
    private readonly ProgressLines _lines = new(console);
    private readonly SortedSet<string> _seen = new(StringComparer.Ordinal);

    /// <exception cref="CliException">The time ran out.</exception>
    public async Task WaitAsync(Place place, TimeSpan timeout, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            // What is out of reach is placed elsewhere already, and leaves only when it is heard again.
            DepartureView[] left = [.. (await session.Client.DeparturesAsync(place.Cluster, place.Node, ct)).Where(static view => view.State != "Unreachable")];
            Show(left);
            if (left.Length == 0) return;
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                DepartureView first = left.FirstOrDefault(static view => view.Blocked) ?? left[0];
                throw new CliException(
                    ExitCode.Timeout, $"{place.Text} is not empty after {timeout.TotalSeconds:0} s: {left.Length} share{(left.Length == 1 ? " is" : "s are")} left; workload {first.Workload} {Word(first)}",
                    $"it goes on draining; end that with: fedctl uncordon {place.Typed}");
            }
            await Task.Delay(Pause, ct);
        }
    }

    private void Show(DepartureView[] left)
    {
        var present = left.ToDictionary(NameOf, StringComparer.Ordinal);
        _seen.UnionWith(present.Keys);
        _lines.Show([.. _seen.Select(name => present.TryGetValue(name, out DepartureView? view)
            ? new ProgressItem(name, string.Create(CultureInfo.InvariantCulture, $"{view.Replicas} left, {Word(view)}"), [], null, ProgressState.UnderWay)
            : new ProgressItem(name, "gone", [], null, ProgressState.Done))]);
    }

    private static string Word(DepartureView view) => view.Blocked ? $"is blocked: {view.Reason}" : view.Reason;

    private static string NameOf(DepartureView view) => view.Node is null ? view.Workload : $"{view.Workload} on {view.Node}";
}
