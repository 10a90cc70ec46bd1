using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Federation.Bench.Results;

/// <summary>Writes <c>bench/results/NAME.json</c>.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static BenchmarkResult Create(string name, string command, BenchmarkContext context) => new(
        name,
        DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Commit(context.Root),
        command,
        Machine(),
        [.. context.Cases.Select(Rounded)]);

    public static void Write(BenchmarkResult result, string root)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, "bench", "results")).FullName;
        File.WriteAllText(Path.Combine(folder, result.Name + ".json"), JsonSerializer.Serialize(result, Options) + "\n");
    }

    /// <summary>The repository's folder, from where this program lies.</summary>
    public static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Federation.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"Federation.sln is in no folder above {AppContext.BaseDirectory}.");
    }

    private static BenchmarkCase Rounded(BenchmarkCase measured) => measured with
    {
        Ours = Round(measured.Ours),
        PeerValue = measured.PeerValue is { } peer ? Round(peer) : null,
    };

    private static double Round(double value) => Math.Round(value, Math.Abs(value) >= 100 ? 0 : 3);

    private static string Commit(string root)
    {
        string commit = Git(root, "rev-parse", "HEAD");
        return Git(root, "status", "--porcelain", "--", "src", "services", "bench/Federation.Bench").Length == 0 ? commit : commit + " with local changes";
    }

    private static string Git(string root, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = root, RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return output;
    }

    private static string Machine()
    {
        string model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20);
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(CultureInfo.InvariantCulture, $"{model}, {Environment.ProcessorCount} cores, {memory} MiB, {Environment.OSVersion.VersionString}, .NET {Environment.Version}, load average at the end {load}");
    }
}
