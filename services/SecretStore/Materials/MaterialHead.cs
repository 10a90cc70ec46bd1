using System.Text.Json.Nodes;
using Federation.Domain.SecretMaterial;
using Federation.Storage;

namespace Federation.SecretStore.Materials;

/// <summary>
/// What is stored of a Secret or Config beside its versions: the resource with its status, and in its spec, in the place of all content, one entry with the
/// newest version's keyed fingerprint.
/// </summary>
/// <param name="Version">The newest version.</param>
/// <param name="Fingerprint">See <see cref="Security.AtRest.DataKey.Fingerprint"/>.</param>
internal sealed record MaterialHead(int Version, string Fingerprint)
{
    // No file name: content never has this key.
    private const string FingerprintKey = "#";

    public static MaterialSpec SpecOf(string fingerprint) => new() { Data = new Dictionary<string, string> { [FingerprintKey] = fingerprint } };

    public static string? FingerprintOf(MaterialSpec spec) => spec.Data?.GetValueOrDefault(FingerprintKey);

    public static MaterialHead Read(StoredDocument document)
    {
        JsonNode tree = JsonNode.Parse(document.Body.Span)!;
        return new(tree["status"]!["version"]!.GetValue<int>(), tree["spec"]!["data"]![FingerprintKey]!.GetValue<string>());
    }

    public static ReadOnlyMemory<byte> WithFingerprint(StoredDocument document, string fingerprint)
    {
        JsonNode tree = JsonNode.Parse(document.Body.Span)!;
        tree["spec"]!["data"]![FingerprintKey] = fingerprint;
        return System.Text.Encoding.UTF8.GetBytes(tree.ToJsonString(Domain.Json.DomainJson.Options));
    }

    /// <summary>What the feed says of it: version and file names.</summary>
    public static ReadOnlyMemory<byte>? Project(StoredDocument document)
    {
        if (!MaterialVersion.Kinds.Contains(document.Key.Kind)) return null;
        JsonNode status = JsonNode.Parse(document.Body.Span)!["status"]!;
        return System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["version"] = status["version"]!.DeepClone(), ["keys"] = status["keys"]!.DeepClone() }.ToJsonString());
    }
}
