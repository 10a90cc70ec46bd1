using System.Text.Json.Serialization;

namespace Federation.Engine.Events;

/// <summary>Something that happened in an engine.</summary>
public sealed record EngineEvent
{
    /// <summary>To what: <c>container</c>, <c>network</c>, …</summary>
    public string Type { get; init; } = "";

    /// <summary>What: <c>start</c>, <c>die</c>, <c>destroy</c>, …</summary>
    public string Action { get; init; } = "";

    /// <summary>To which.</summary>
    public EventActor Actor { get; init; } = new("", null);

    /// <summary>When, in nanoseconds since 1970 by the engine's clock: where a stream is resumed.</summary>
    [JsonPropertyName("timeNano")]
    public long TimeNanoseconds { get; init; }
}
