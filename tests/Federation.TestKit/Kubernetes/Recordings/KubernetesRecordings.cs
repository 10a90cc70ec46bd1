using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Recordings;

/// <summary>All recordings, in the order in which they were taken: those of this folder, and those of <c>FEDERATION_RECORDINGS</c> if it names a folder.</summary>
public static class KubernetesRecordings
{
    private static readonly Lazy<IReadOnlyList<Recording>> Read = new(static () => [.. Packed().Concat(Elsewhere()).DistinctBy(static recording => recording.File).OrderBy(static recording => recording.File, StringComparer.Ordinal)]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Recording> All => Read.Value;

    /// <summary>The one of this file; its beginning is enough where it is the only one.</summary>
    public static Recording Of(string file) => All.Single(recording => recording.File == file || recording.File.StartsWith(file + "-", StringComparison.Ordinal));

    /// <summary>The first folder alone, which is soon read.</summary>
    public static IEnumerable<Recording> Discovery() => Packed().TakeWhile(static recording => recording.File.StartsWith("01-discovery/", StringComparison.Ordinal));

    private static IEnumerable<Recording> Packed()
    {
        using Stream packed = typeof(KubernetesRecordings).Assembly.GetManifestResourceStream("recordings.jsonl.br")!;
        using var lines = new StreamReader(new BrotliStream(packed, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line) yield return new Recording((JsonObject)JsonNode.Parse(line)!);
    }

    private static IEnumerable<Recording> Elsewhere()
    {
        if (Environment.GetEnvironmentVariable("FEDERATION_RECORDINGS") is not { Length: > 0 } root) yield break;
        foreach (string file in Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories).Where(static file => !file.Contains(".without-managed-fields.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var whole = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
            whole["file"] = Path.ChangeExtension(Path.GetRelativePath(root, file), null);
            if (All(whole)) yield return new Recording(whole) { IsFromElsewhere = true };
        }

        // What has neither is a summary of the recorder's in a form of its own.
        static bool All(JsonObject whole) => whole["request"] is JsonObject && whole["response"] is JsonObject;
    }
}
