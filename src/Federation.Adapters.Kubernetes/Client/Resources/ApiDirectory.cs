namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>What an API server has, as it said when it was asked. Versions are chosen from it, never assumed.</summary>
internal sealed record ApiDirectory
{
    /// <summary>The server's version.</summary>
    public required ServerVersion Version { get; init; }

    /// <summary>The resources of each group and version that was asked for, by <c>apps/v1</c> or <c>v1</c>.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<ApiResourceEntry>> Resources { get; init; }

    /// <summary>Groups and versions that are there and did not answer: an aggregated API whose server is away.</summary>
    public IReadOnlyList<string> Silent { get; init; } = [];

    /// <summary>The resource in the first of the versions that the server has it in; null if it has it in none.</summary>
    public ApiResource? Find(string group, string plural, params ReadOnlySpan<string> versions)
    {
        foreach (string version in versions)
        {
            if (Resources.TryGetValue(group.Length == 0 ? version : $"{group}/{version}", out IReadOnlyList<ApiResourceEntry>? entries)
                && entries.FirstOrDefault(entry => entry.Name == plural) is { } found)
                return new ApiResource(group, version, plural, found.Kind, found.Namespaced);
        }
        return null;
    }

    /// <summary>The apiVersion in which evictions are written here: <c>policy/v1</c>, or <c>policy/v1beta1</c> before 1.22.</summary>
    public string? EvictionVersion =>
        Resources.TryGetValue("v1", out IReadOnlyList<ApiResourceEntry>? entries) && entries.FirstOrDefault(static entry => entry.Name == "pods/eviction") is { } eviction
            ? $"{eviction.Group ?? "policy"}/{eviction.Version ?? "v1"}"
            : null;
}
