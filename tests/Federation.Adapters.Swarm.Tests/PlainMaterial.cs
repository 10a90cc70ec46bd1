using System.Text;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>Boxes that hold one key <c>value</c>, or <c>config.json</c> if they are called <c>logins</c>, with the box's bytes as its content.</summary>
internal sealed class PlainMaterial : IMaterialOpener
{
    public static SealedFiles Of(string kind, string name, int version, string content) => new(kind, name, version, Encoding.UTF8.GetBytes(content));

    public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]> { [files.Name == "logins" ? "config.json" : "value"] = files.Box.ToArray() };
}
