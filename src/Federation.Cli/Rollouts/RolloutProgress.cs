using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Rollouts;

/// <summary>Waits for a rollout, and shows how far each cluster is.</summary>
internal sealed class RolloutProgress(PlaneSession session, CliConsole console)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);
    private readonly ProgressLines _lines = new(console);

    /// <summary>Shows it once.</summary>
    public async Task ShowAsync(string name, CancellationToken ct)
    {
        foreach (string line in RolloutTree.Of(await FindAsync(name, ct)).Tree(0)) console.Out.WriteLine(line);
    }

    /// <exception cref="CliException">The time ran out, the workload is gone, or its newest template failed.</exception>
    public async Task WaitAsync(string name, TimeSpan timeout, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Workload workload = await PlanePatience.WithinAsync(timeout, start, token => FindAsync(name, token), ct);
            _lines.Show([RolloutTree.Of(workload)]);
            if (ReadyProgress.IsReady(workload)) return;
            if (ReadyProgress.HasFailed(workload))
                throw new CliException(ExitCode.Failed, $"workload/{name}: {workload.Status!.Rollout!.Message}", $"see what it was with: fedctl rollout history {name}");
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
                throw new CliException(ExitCode.Timeout, $"not rolled out within {timeout.TotalSeconds:0} s: {workload.Status?.Message ?? workload.Status?.Phase}", $"see why with: fedctl describe workload {name}");
            await Task.Delay(Pause, ct);
        }
    }

    private async Task<Workload> FindAsync(string name, CancellationToken ct) =>
        await session.Client.FindAsync(ResourceKind.Of<Workload>(), name, session.Namespace, ct) as Workload
        ?? throw new CliException(ExitCode.Failed, $"workload/{name} was deleted meanwhile");
}
