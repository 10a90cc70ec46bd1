using System.Text.Json.Nodes;

namespace Federation.Manifests.Compose;

/// <summary>A stack as Compose files declare it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Resources">What it is made of, in the order of application.</param>
/// <param name="Config">The files joined into one: variables filled in, includes and extensions taken in, short forms kept.</param>
public sealed record ComposeStack(string Name, IReadOnlyList<DeclaredResource> Resources, JsonObject Config)
{
    /// <summary><see cref="Config"/> as a Compose file that reads to the same resources.</summary>
    public string ToYaml() => Writing.ResourceWriter.ToYaml(Config);
}
