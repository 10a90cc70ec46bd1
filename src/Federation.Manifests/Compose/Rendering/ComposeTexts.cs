using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Quantities;

namespace Federation.Manifests.Compose.Rendering;

/// <summary>The forms in which Compose files write values.</summary>
internal static class ComposeTexts
{
    private static readonly (string Unit, long Size)[] Sizes = [("g", 1L << 30), ("m", 1L << 20), ("k", 1L << 10)];

    /// <summary>A size, whose units are powers of 1024: <c>512m</c>.</summary>
    public static string Size(long bytes)
    {
        foreach ((string unit, long size) in Sizes)
            if (bytes > 0 && bytes % size == 0) return (bytes / size).ToString(CultureInfo.InvariantCulture) + unit;
        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Processors: <c>0.25</c>.</summary>
    public static string Processors(CpuMillis cpu) => (cpu.Value / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A time: <c>1.5s</c>.</summary>
    public static string Seconds(double seconds) => ((decimal)seconds).ToString("0.#########", CultureInfo.InvariantCulture) + "s";

    /// <summary>Values of the domain in its one JSON form.</summary>
    public static JsonNode? Json<T>(T value) => JsonSerializer.SerializeToNode(value, DomainJson.Options);

    /// <summary>A list; null without items.</summary>
    public static JsonArray? List(IEnumerable<string>? texts)
    {
        var list = new JsonArray([.. (texts ?? []).Select(static text => (JsonNode?)text)]);
        return list.Count > 0 ? list : null;
    }

    /// <summary>A mapping; null without entries.</summary>
    public static JsonObject? Map(IReadOnlyDictionary<string, string>? pairs)
    {
        var map = new JsonObject();
        foreach ((string key, string value) in pairs ?? new Dictionary<string, string>()) map[key] = value;
        return map.Count > 0 ? map : null;
    }

    /// <summary>Sets a member below others, which are made; nothing where the value is null.</summary>
    public static void Put(JsonObject at, string path, JsonNode? value)
    {
        if (value is null) return;
        string[] steps = path.Split('.');
        foreach (string step in steps[..^1])
        {
            if (at[step] is not JsonObject next) at[step] = next = [];
            at = next;
        }
        at[steps[^1]] = value;
    }

    /// <summary>Every text with its dollar signs doubled, so that nothing is filled in when it is read.</summary>
    public static JsonNode? Literal(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(static member => KeyValuePair.Create(member.Key, Literal(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Literal)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(value.GetValue<string>().Replace("$", "$$", StringComparison.Ordinal)),
        _ => node?.DeepClone(),
    };

    /// <summary>
    /// A text of a template, as the program sees it: <c>$(NAME)</c> is the value of what is known, <c>$$(NAME)</c> the text <c>$(NAME)</c>. What is not known stays, and is told.
    /// </summary>
    public static string Filled(string text, IReadOnlyDictionary<string, string> known, Action<string> unknown)
    {
        if (!text.Contains("$(", StringComparison.Ordinal)) return text;
        var filled = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            int close = text[i] == '$' && i + 1 < text.Length && text[i + 1] == '(' ? text.IndexOf(')', i) : -1;
            if (text.AsSpan(i).StartsWith("$$("))
            {
                filled.Append("$(");
                i += 2;
            }
            else if (close > 0 && known.TryGetValue(text[(i + 2)..close], out string? value))
            {
                filled.Append(value);
                i = close;
            }
            else
            {
                if (close > 0) unknown(text[(i + 2)..close]);
                filled.Append(text[i]);
            }
        }
        return filled.ToString();
    }
}
