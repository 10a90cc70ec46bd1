using Federation.TestKit.Kubernetes.Double;
using Federation.TestKit.Kubernetes.Recordings;

namespace Federation.Adapters.Kubernetes.Tests.Double;

/// <summary>The double, held against a real API server.</summary>
public sealed class ReplayTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Where the double is knowingly another: the file, and why. One that agrees after all must be taken out.</summary>
    private static readonly Dictionary<string, string> Others = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "double-differs.txt"))
        .Where(static line => line.Length > 0 && line[0] != '#')
        .Select(static line => line.Split(' ', 2))
        .ToDictionary(static parts => parts[0], static parts => parts[1]);

    [Theory]
    [InlineData("01-discovery")]
    [InlineData("02-namespaces")]
    [InlineData("03-server-side-apply")]
    [InlineData("04-lists")]
    [InlineData("11-scale-restart-pause-rollback")]
    [InlineData("12-errors")]
    public async Task Replay_OfAFolder_AgreesWithTheRecordedServer(string folder)
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2");
        // The recorded cluster had no provisioner.
        cluster.Provisions = false;
        // Its containers were first processes of their own, which do not hear SIGTERM.
        cluster.Plays = static (pod, _) => new ContainerPlay { EndsWithin = TimeSpan.FromSeconds((int)pod["spec"]!["terminationGracePeriodSeconds"]! > 2 ? 0.5 : 2) };
        using var replay = new Replay(cluster);
        List<string> wrong = [];
        int sent = 0;
        foreach (Recording recording in KubernetesRecordings.All.Where(recording => recording.File.StartsWith(folder + "/", StringComparison.Ordinal) && IsPlain(recording)))
        {
            sent++;
            IReadOnlyList<string> differences = await replay.SendAsync(recording, waits: !Others.ContainsKey(recording.File[..(folder.Length + 4)]), Cancelled);
            string file = recording.File[..(folder.Length + 4)];
            if (differences.Count > 0 && !Others.ContainsKey(file)) wrong.Add($"{recording.File}: {string.Join("; ", differences)}");
            if (differences.Count == 0 && Others.TryGetValue(file, out string? why)) wrong.Add($"{recording.File} agrees, and double-differs.txt says that it does not: {why}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {sent} requests of {folder} are answered otherwise:\n{string.Join('\n', wrong)}");
        Assert.True(sent > 20);
    }

    // Streams are held to the recordings elsewhere; credentials are the test's own.
    private static bool IsPlain(Recording recording) =>
        recording is { Status: > 0, Events: null, Chunks: null, Frames: null } && (string?)recording.Request!["authentication"] == "client-certificate" && !recording.Path.Contains("watch=", StringComparison.Ordinal);
}
