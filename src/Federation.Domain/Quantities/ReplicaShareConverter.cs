using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Quantities;

/// <summary>Writes a number of replicas as a number, a share as text.</summary>
public sealed class ReplicaShareConverter : JsonConverter<ReplicaShare>
{
    private static readonly StringValueConverter<ReplicaShare> Text = new();

    /// <inheritdoc/>
    public override ReplicaShare Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Text.Read(ref reader, typeToConvert, options);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ReplicaShare value, JsonSerializerOptions options)
    {
        if (value.Percent) Text.Write(writer, value, options);
        else writer.WriteNumberValue(value.Number);
    }
}
