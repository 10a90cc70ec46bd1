using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Federation.Adapters;
using Federation.Adapters.Kubernetes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Journal;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Domain.Chance;
using Federation.Domain.Observation;
using Federation.Security.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Bench.Kubernetes;

/// <summary>The reconciler as an agent has it, alone in a process: it takes over the orders of a journal, follows a cluster, and tells when its observations showed what.</summary>
internal static class ObserverProgram
{
    public static KubernetesClient Connect(string kubeconfig) => new(ClusterConnection.From(Kubeconfig.Read(kubeconfig), null, Environment.GetEnvironmentVariable, TimeProvider.System), new KubernetesClientOptions(), TimeProvider.System, new SecureChance());

    public static KubernetesReconciler Observe(KubernetesClient client, string journal) => new(
        new KubernetesOptions { Cluster = new("large"), Node = new("agent"), Plane = static () => "bench" },
        new FileKubernetesJournal(journal), new PinnedIdentity(Path.Combine(journal, "cluster")), client, new NoMaterial(), TimeProvider.System, new SecureChance(), NullLogger<KubernetesReconciler>.Instance);

    /// <summary>Prints the seconds from its process' start until all replicas were seen ready; then, for each line it is given, what it has seen since it was told to <c>begin</c>.</summary>
    public static async Task<int> RunAsync(string kubeconfig, string journal, string replicas)
    {
        int wanted = int.Parse(replicas, CultureInfo.InvariantCulture);
        using var ending = new CancellationTokenSource();
        using KubernetesClient client = Connect(kubeconfig);
        KubernetesReconciler reconciler = Observe(client, journal);
        await reconciler.StartAsync(ending.Token);
        var changes = new ObservedChanges();
        Task running = Task.Run(() => reconciler.RunAsync(ending.Token)), following = Task.Run(() => FollowAsync(reconciler, wanted, changes, ending.Token));
        while (true)
        {
            Task<string?> asked = Console.In.ReadLineAsync(CancellationToken.None).AsTask();
            if (await Task.WhenAny(asked, running, following) is var first && first != asked) await first;
            if (await asked is not { } line) break;
            if (line == "begin") changes.Begin();
            Console.WriteLine(changes.Tell());
        }
        await ending.CancelAsync();
        await Task.WhenAll(running, following);
        return 0;
    }

    private static async Task FollowAsync(KubernetesReconciler reconciler, int wanted, ObservedChanges changes, CancellationToken ct)
    {
        bool told = false;
        try
        {
            await foreach (ClusterObservationSet set in reconciler.WatchAsync(ct))
            {
                changes.Take(set, DateTimeOffset.UtcNow);
                if (told || set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) != wanted) continue;
                told = true;
                using Process self = Process.GetCurrentProcess();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(DateTime.Now - self.StartTime).TotalSeconds:0.00}"));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
    }

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => throw new CryptographicException("the benchmark's workloads have no material");
    }
}
