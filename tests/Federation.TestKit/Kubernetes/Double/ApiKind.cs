using System.Text.Json.Nodes;
using Federation.TestKit.Kubernetes.Recordings;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>A resource of the API, in one version.</summary>
internal sealed record ApiKind(string Group, string Version, string Plural, string Kind, bool Namespaced, IReadOnlyList<string> Subresources)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Where its objects are kept, whatever the version.</summary>
    public string Storage => $"{Group}/{Plural}";

    public string Qualified(string? subresource = null) => Plural + (subresource is null ? "" : "/" + subresource) + (Group.Length > 0 ? "." + Group : "");
}

/// <summary>What the API has: as the recorded server listed it.</summary>
internal static class ApiCatalog
{
    /// <summary>Discovery documents by path, as they were recorded.</summary>
    public static IReadOnlyDictionary<string, Recording> Documents { get; } = KubernetesRecordings.Discovery()
        .Where(static recording => recording is { Method: "GET", Status: 200 } && (string?)recording.Request!["headers"]?["accept"] == "application/json")
        .GroupBy(static recording => recording.Path)
        .ToDictionary(static group => group.Key, static group => group.First());

    /// <summary>The groups that there are, and their versions.</summary>
    public static ILookup<string, string> Versions { get; } = ((JsonArray)Documents["/apis"].Response!["body"]!["groups"]!)
        .SelectMany(static group => ((JsonArray)group!["versions"]!).Select(version => (Group: (string)group["name"]!, Version: (string)version!["version"]!)))
        .ToLookup(static pair => pair.Group, static pair => pair.Version);

    private static readonly Dictionary<(string Group, string Version, string Plural), ApiKind> Kinds = Documents.Values
        .Where(static document => document.Response!["body"] is JsonObject body && (string?)body["kind"] == "APIResourceList")
        .SelectMany(static document => Read((JsonObject)document.Response!["body"]!))
        .ToDictionary(static kind => (kind.Group, kind.Version, kind.Plural));

    public static IEnumerable<ApiKind> All => Kinds.Values;

    public static ApiKind? Find(string group, string version, string plural) => Kinds.GetValueOrDefault((group, version, plural));

    public static ApiKind Of(string group, string plural) => Kinds.Values.First(kind => kind.Group == group && kind.Plural == plural);

    private static IEnumerable<ApiKind> Read(JsonObject list)
    {
        string[] parts = ((string)list["groupVersion"]!).Split('/');
        (string group, string version) = parts.Length == 1 ? ("", parts[0]) : (parts[0], parts[1]);
        JsonObject[] entries = [.. ((JsonArray)list["resources"]!).OfType<JsonObject>()];
        foreach (JsonObject entry in entries.Where(static entry => !((string)entry["name"]!).Contains('/', StringComparison.Ordinal)))
        {
            string plural = (string)entry["name"]!;
            yield return new ApiKind(group, version, plural, (string)entry["kind"]!, (bool)entry["namespaced"]!,
                [.. entries.Select(static other => (string)other["name"]!).Where(name => name.StartsWith(plural + "/", StringComparison.Ordinal)).Select(name => name[(plural.Length + 1)..])]);
        }
    }
}
