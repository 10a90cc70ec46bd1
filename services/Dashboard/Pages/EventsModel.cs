using Federation.Contracts.Api;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;

namespace Federation.Dashboard.Pages;

/// <summary>What happened, newest first.</summary>
public sealed record EventsModel(Reading<IReadOnlyList<EventRecord>> Events, string? Text, string? Type, int PageNumber)
{
    public const int PageSize = 100;

    public IReadOnlyList<EventRecord> Found { get; } = [.. (Events.Value ?? []).Where(item =>
        (Type is null || string.Equals(item.Type, Type, StringComparison.OrdinalIgnoreCase))
        && (Text is null || $"{item.Object} {item.Reason} {item.Message}".Contains(Text, StringComparison.OrdinalIgnoreCase))).Reverse()];

    public int Pages => Math.Max(1, (Found.Count + PageSize - 1) / PageSize);

    public int Page => Math.Min(PageNumber, Pages);

    public IReadOnlyList<EventRecord> Shown => [.. Found.Skip((Page - 1) * PageSize).Take(PageSize)];

    public string Query(int page) =>
        $"/events?page={page}{(Text is null ? "" : "&q=" + Uri.EscapeDataString(Text))}{(Type is null ? "" : "&type=" + Uri.EscapeDataString(Type))}";

    internal static async Task<PageContent> BuildAsync(PageRequest request) => PageContent.Of<EventsPage>(
        "Events", "events", new EventsModel(await request.ReadAsync(request.Plane.Events), request.Query("q"), request.Query("type"), request.PageNumber));
}
