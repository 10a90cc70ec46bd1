using Federation.Dashboard.Parts;
using Federation.Dashboard.Planes;
using Federation.Dashboard.Sessions;

namespace Federation.Dashboard.Serving;

/// <summary>One drawing of a page: who asks for what, and which parts of the plane's state it used.</summary>
internal sealed class PageRequest(HttpContext http, Session session, PlaneConnection plane, TimeProvider time)
{
    /// <summary>
    /// How long a page waits for what is not at hand, all in all. What comes later is sent by the page's stream, so that the first byte
    /// never waits for the plane.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly long _began = time.GetTimestamp();
    private readonly List<IPart> _used = [];

    public Session Session => session;

    public PlaneConnection Plane => plane;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public IReadOnlyList<IPart> Used => _used;

    /// <summary>Reads a part, and takes note that the page shows it.</summary>
    public Task<Reading<T>> ReadAsync<T>(Part<T> part) where T : class
    {
        _used.Add(part);
        TimeSpan left = Patience - time.GetElapsedTime(_began);
        return part.GetAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, http.RequestAborted);
    }

    /// <summary>A value of the query; null if it is absent or empty.</summary>
    public string? Query(string name) => http.Request.Query[name].ToString() is { Length: > 0 } value ? value.Trim() : null;

    /// <summary>The page asked for, counted from 1.</summary>
    public int PageNumber => int.TryParse(Query("page"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int page) && page is > 0 and < 1_000_000 ? page : 1;

    public string Route(string name) => (string)http.GetRouteValue(name)!;
}
