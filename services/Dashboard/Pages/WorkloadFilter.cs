using Federation.Dashboard.Display;
using Federation.Dashboard.Serving;
using Federation.Domain.Workloads;

namespace Federation.Dashboard.Pages;

/// <summary>Which workloads are shown, from the query.</summary>
public sealed record WorkloadFilter(string? Text, string? Namespace, string? State)
{
    internal static WorkloadFilter Of(PageRequest request) => new(request.Query("q"), request.Query("namespace"), request.Query("state"));

    public bool IsEmpty => Text is null && Namespace is null && State is null;

    /// <summary>By name, namespace, label, image, command or message, without regard to case: each word must be somewhere.</summary>
    public bool Matches(Workload workload) => MatchesState(workload) && MatchesRest(workload);

    public bool MatchesRest(Workload workload) =>
        (Namespace is null || workload.Metadata.Namespace == Namespace)
        && (Text is null || Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => Places(workload).Any(place => place.Contains(word, StringComparison.OrdinalIgnoreCase))));

    /// <summary>The query of the same filter with another state and page.</summary>
    public string Query(string? state, int page = 1)
    {
        var parts = new List<string>();
        if (Text is not null) parts.Add("q=" + Uri.EscapeDataString(Text));
        if (Namespace is not null) parts.Add("namespace=" + Uri.EscapeDataString(Namespace));
        if (state is not null) parts.Add("state=" + Uri.EscapeDataString(state));
        if (page > 1) parts.Add("page=" + page.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return parts.Count == 0 ? "/workloads" : "/workloads?" + string.Join('&', parts);
    }

    private bool MatchesState(Workload workload) => State switch
    {
        null => true,
        "wrong" => Standing.Of(workload).Wrong,
        _ => string.Equals(Standing.Of(workload).Word, State, StringComparison.OrdinalIgnoreCase),
    };

    private static IEnumerable<string> Places(Workload workload)
    {
        yield return $"{workload.Metadata.Namespace}/{workload.Metadata.Name}";
        foreach ((string key, string value) in workload.Metadata.Labels ?? new Dictionary<string, string>()) yield return $"{key}={value}";
        if (workload.Spec.Template.Image is { } image) yield return image;
        if (workload.Spec.Template.Process is { } process) yield return process.Command;
        if (workload.Status?.Message is { } message) yield return message;
    }
}
