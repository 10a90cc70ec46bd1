namespace Federation.Feeds;

/// <summary>One document that came, changed or went.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its key.</param>
/// <param name="Before">What was held before; null if nothing.</param>
/// <param name="After">What is held now; null if it went.</param>
public readonly record struct FeedChange(string Kind, string Key, FeedItem? Before, FeedItem? After);
