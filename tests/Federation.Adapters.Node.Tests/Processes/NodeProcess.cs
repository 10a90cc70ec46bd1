using System.Diagnostics;
using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Json;
using Federation.Domain.Observation;

namespace Federation.Adapters.Node.Tests.Processes;

/// <summary>A node in a process of its own, so that it can be killed. Orders come from <c>orders.json</c>, what is seen goes to <c>seen.json</c>.</summary>
internal sealed class NodeProcess : IDisposable
{
    public const string Variable = "FEDERATION_TEST_NODE";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    public static NodeProcess Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(NodeProcess).Assembly.Location);
        start.Environment[Variable] = folder;
        File.Delete(Path.Combine(folder, "seen.json"));
        return new NodeProcess(Process.Start(start)!);
    }

    public static void Order(string folder, params Assignment[] orders) =>
        File.WriteAllText(Path.Combine(folder, "orders.json"), JsonSerializer.Serialize(orders, DomainJson.Options));

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public static async Task<IReadOnlyList<ReplicaObservation>> SeeAsync(string folder, Func<IReadOnlyList<ReplicaObservation>, bool> predicate)
    {
        using var limit = new CancellationTokenSource(Patience);
        string path = Path.Combine(folder, "seen.json");
        string last = "nothing";
        while (!limit.IsCancellationRequested)
        {
            if (File.Exists(path))
            {
                last = await File.ReadAllTextAsync(path, CancellationToken.None);
                var replicas = JsonSerializer.Deserialize<ReplicaObservation[]>(last, DomainJson.Options)!;
                if (predicate(replicas)) return replicas;
            }
            await Task.Delay(30, CancellationToken.None);
        }
        throw new TimeoutException($"not seen within {Patience.TotalSeconds} s; last: {last}");
    }

    /// <summary>The process's main: obeys, holds a lease of three seconds, tells, until it is killed.</summary>
    public static async Task RunAsync(string folder)
    {
        var node = new RealNode(folder);
        await node.StartAsync();
        Assignment[] orders = JsonSerializer.Deserialize<Assignment[]>(await File.ReadAllTextAsync(Path.Combine(folder, "orders.json")), DomainJson.Options)!;
        node.Reconciler.FreshOrdersWanted = () => node.Reconciler.OrdersConfirmed(TimeProvider.System.GetTimestamp());
        await node.ApplyAsync(node.Reconciler.Current.Nodes[0].AppliedRevision + 1, orders);
        await Task.WhenAny(RenewAsync(node), TellAsync(node, Path.Combine(folder, "seen.json")));
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private static async Task RenewAsync(RealNode node)
    {
        while (true)
        {
            node.Lease.Granted(node.Lease.BeginRenewal(), TimeSpan.FromSeconds(3));
            await Task.Delay(200);
        }
    }

    private static async Task TellAsync(RealNode node, string path)
    {
        await foreach (ClusterObservationSet set in node.Reconciler.WatchAsync(CancellationToken.None))
        {
            await File.WriteAllTextAsync(path + ".new", JsonSerializer.Serialize(set.Replicas, DomainJson.Options));
            File.Move(path + ".new", path, overwrite: true);
        }
    }
}
