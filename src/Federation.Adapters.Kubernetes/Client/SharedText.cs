using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Adapters.Kubernetes.Client;

/// <summary>
/// Reads texts so that those that were read before are one object: keys of labels, kinds of conditions, images and names of nodes are most of what is kept of ten
/// thousand pods. What it remembers is bounded: a text has one place, and the next with that place takes it. Not for secrets, which would stay in it.
/// </summary>
internal sealed class SharedText : JsonConverter<string>
{
    private const int Places = 1 << 13;
    private const int MostBytes = 128;
    private static readonly string?[] Known = new string?[Places];

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.String ? Of(ref reader) : reader.GetString();

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string Of(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > MostBytes) return reader.GetString()!;
        var hash = new HashCode();
        hash.AddBytes(reader.ValueSpan);
        ref string? place = ref Known[hash.ToHashCode() & (Places - 1)];
        string? known = Volatile.Read(ref place);
        if (known is not null && Ascii.Equals(reader.ValueSpan, known)) return known;
        known = reader.GetString()!;
        Volatile.Write(ref place, known);
        return known;
    }
}
