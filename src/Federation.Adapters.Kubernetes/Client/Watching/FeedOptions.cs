namespace Federation.Adapters.Kubernetes.Client.Watching;

/// <summary>How a feed guards itself against silence.</summary>
internal sealed record FeedOptions
{
    /// <summary>When the server is to end each watch; by up to half of it later, so that not all end together.</summary>
    public TimeSpan Lasting { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>A watch without a word for so long is opened anew: bookmarks come once a minute or so.</summary>
    public TimeSpan MostSilence { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>So many silent watches one after the other, and everything is listed: a version that the server has never had is answered by silence.</summary>
    public int MostSilentWatches { get; init; } = 3;

    /// <summary>Everything is listed this often, whatever is heard; by up to half of it later.</summary>
    public TimeSpan Relist { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first pause after a failure; it doubles.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A list older than what was seen is taken for a lagging server's so many times; then for a cluster that was restored.</summary>
    public int MostStaleLists { get; init; } = 3;
}
