using Federation.Hosting.ApplicationModel;
using Federation.Hosting.Control;

namespace Federation.Hosting.Launching;

/// <summary>Runs a whole model: in the order of who waits for whom, and out in the reverse.</summary>
internal sealed class Launcher(ApplicationModelSnapshot model, LogPrinter log)
{
    // Services of a launcher that was killed need a moment to notice.
    private static readonly TimeSpan PortPatience = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken stop)
    {
        long start = TimeProvider.System.GetTimestamp();
        using StateLock held = StateLock.Take(model.StateDirectory);
        await PortCheck.SettleAsync(model.Projects, model.Options.PortBase, PortPatience, stop);
        if (model.Options.Fresh) await RemoveStateAsync();

        // What it asks is on this machine: no proxy of the environment's leads there.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
        ProjectInstance[] instances = [.. model.Projects.SelectMany(project => Enumerable.Range(0, project.Replicas).Select(index => new ProjectInstance(project, index, log, http)))];
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var control = ControlServer.Start(model.StateDirectory, new ControlCommands(instances, running.Token).ExecuteAsync, running.Token);
        List<Task> loops = [.. instances.Select(instance => RunInOrderAsync(instance, instances, running.Token))];
        Task announced = AnnounceAsync(instances, start, running.Token);
        try
        {
            // Loops end by cancellation or failure alone; the announcement ends by itself, or fails.
            Task first = await Task.WhenAny([announced, .. loops]);
            await first;
            await await Task.WhenAny(loops);
        }
        finally
        {
            await running.CancelAsync();
            await Task.WhenAll([announced, .. loops]).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            // What a stop ends beyond the programs is ended when a person asked for it: what runs is not to end for a program that cannot start.
            bool wanted = stop.IsCancellationRequested;
            log.Plain(wanted ? "Stopping everything" : "Stopping the programs; what they have started runs on");
            foreach (IGrouping<int, ProjectInstance> level in instances.GroupBy(instance => Depth(instance.Project)).OrderByDescending(level => level.Key))
                await Task.WhenAll(level.Select(instance => instance.StopAsync(wanted)));
        }
    }

    private static async Task RunInOrderAsync(ProjectInstance instance, ProjectInstance[] all, CancellationToken ct)
    {
        await Task.WhenAll(all.Where(other => instance.Project.WaitsFor.Contains(other.Project)).Select(other => other.FirstReady)).WaitAsync(ct);
        await instance.RunAsync(ct);
    }

    private async Task AnnounceAsync(ProjectInstance[] instances, long start, CancellationToken ct)
    {
        await Task.WhenAll(instances.Select(instance => instance.FirstReady)).WaitAsync(ct);
        if (model.OnReady is { } describe) log.Plain(await describe(TimeProvider.System.GetElapsedTime(start), ct));
    }

    private static int Depth(ProjectResource project) => project.WaitsFor.Count == 0 ? 0 : 1 + project.WaitsFor.Max(Depth);

    private async Task RemoveStateAsync()
    {
        if (model.OnFresh is { } callback) await callback();
        foreach (string entry in Directory.EnumerateFileSystemEntries(model.StateDirectory))
        {
            if (Path.GetFileName(entry) is "apphost.lock" or "apphost.pid") continue;
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        }
    }
}
