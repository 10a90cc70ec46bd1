using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Federation.TestKit.Kubernetes.Recordings;

/// <summary>What a real API server was asked once, and what it answered.</summary>
public sealed class Recording(JsonObject whole)
{
    /// <summary>Folder and name, such as <c>03-server-side-apply/001-configmap-1-first</c>.</summary>
    public string File { get; } = (string)whole["file"]!;

    /// <summary>Whether it is none of those in the repository, of which tests know the meaning.</summary>
    public bool IsFromElsewhere { get; init; }

    /// <summary>What it shows.</summary>
    public string Note { get; } = (string?)whole["note"] ?? "";

    /// <summary>The request; null for a summary by the recorder.</summary>
    public JsonObject? Request { get; } = whole["request"] as JsonObject;

    /// <summary>The response; null for a summary, or where none came.</summary>
    public JsonObject? Response { get; } = whole["response"] as JsonObject;

    /// <summary>The method; empty for a summary.</summary>
    public string Method => (string?)Request?["method"] ?? "";

    /// <summary>The path with its query.</summary>
    public string Path => (string?)Request?["path"] ?? "";

    /// <summary>The response's status; 0 for a summary.</summary>
    public int Status => (int?)Response?["status"] ?? 0;

    /// <summary>The events of a watch, as the objects of its lines; null for what is none.</summary>
    public IReadOnlyList<JsonObject>? Events { get; } = (whole["events"] as JsonArray)?.Select(static told => (JsonObject)told!["object"]!).ToArray();

    /// <summary>The texts of a log stream; null for what is none.</summary>
    public IReadOnlyList<string>? Chunks { get; } = whole["events"] is null ? (whole["chunks"] as JsonArray)?.Select(static chunk => (string)chunk!["text"]!).ToArray() : null;

    /// <summary>The frames of a WebSocket; null for what is none.</summary>
    public IReadOnlyList<JsonObject>? Frames { get; } = (whole["frames"] as JsonArray)?.Select(static frame => (JsonObject)frame!).ToArray();

    /// <summary>How a stream ended: <c>client</c>, <c>server</c> or an error.</summary>
    public string? ClosedBy { get; } = (string?)whole["closed_by"];

    /// <summary>The response's body as bytes went: compact JSON, or its text.</summary>
    public string Body => Response?["body"] switch
    {
        null => "",
        JsonValue value when value.TryGetValue(out string? text) => text,
        { } json => json.ToJsonString(),
    };

    /// <summary>A header of the response; null if it had none.</summary>
    public string? Header(string name) => (string?)(Response?["headers"] as JsonObject)?[name];

    /// <summary>Method, path and parameters, the same for any order of them.</summary>
    public string Key => KeyOf(Method, Path);

    /// <summary>Method, path and parameters of a request, the same for any order of them.</summary>
    public static string KeyOf(string method, string path)
    {
        string[] parts = path.Split('?', 2);
        IEnumerable<string> parameters = parts.Length < 2
            ? []
            : QueryHelpers.ParseQuery(parts[1]).SelectMany(static parameter => parameter.Value.Select(value => $"{parameter.Key}={value}")).Order(StringComparer.Ordinal);
        return $"{method} {Uri.UnescapeDataString(parts[0])}?{string.Join('&', parameters)}";
    }

    /// <inheritdoc/>
    public override string ToString() => File;
}
