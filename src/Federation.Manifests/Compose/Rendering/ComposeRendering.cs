using System.Text.Json.Nodes;

namespace Federation.Manifests.Compose.Rendering;

/// <summary>Resources as one Compose file.</summary>
/// <param name="File">The file; a dollar sign stands for itself in it.</param>
/// <param name="Unsaid">What the file does not say, or says to the plane alone.</param>
/// <param name="Refusals">Why there is no such file; empty if there is.</param>
public sealed record ComposeRendering(JsonObject File, IReadOnlyList<ComposeNote> Unsaid, IReadOnlyList<ComposeNote> Refusals)
{
    /// <summary>The file's text.</summary>
    public string ToYaml() => Federation.Manifests.Writing.ResourceWriter.ToYaml(File);
}
