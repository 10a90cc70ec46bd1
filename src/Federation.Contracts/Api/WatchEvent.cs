using System.Text.Json.Nodes;

namespace Federation.Contracts.Api;

/// <summary>One server-sent event of a watch; its SSE <c>id</c> is the cursor behind it.</summary>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK (cursor alone, at least every 10 s), or EXPIRED: the history is lost, list again. After a resumption an event may be told once more.</param>
/// <param name="Cursor">Where a later watch goes on.</param>
/// <param name="Resource">The resource after the change (before it, for DELETED); null for BOOKMARK.</param>
public sealed record WatchEvent(string Type, string Cursor, JsonNode? Resource);
