using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Domain.Json;

/// <summary>The one JSON form of domain values: camelCase, nulls left out, enums by camelCase name.</summary>
public static class DomainJson
{
    /// <summary>Options for stored documents and API bodies. Unknown members are ignored: strictness is Federation.Manifests' duty.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same form, indented for people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>Whether two values say the same, as they would be written; records compare their lists by reference.</summary>
    public static bool SaysTheSame<T>(T? a, T? b) where T : class =>
        ReferenceEquals(a, b) || (a is not null && b is not null && JsonSerializer.SerializeToUtf8Bytes(a, Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, Options)));

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            WriteIndented = indented,
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
