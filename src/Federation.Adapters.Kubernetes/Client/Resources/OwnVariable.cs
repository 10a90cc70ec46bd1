using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>
/// Reads of a container's variables no more than whether the one is among them that the plane gives to each container it makes. It tells that container apart whatever its
/// name and place, in pods of every age, and costs nothing to keep.
/// </summary>
internal sealed class OwnVariable : JsonConverter<bool>
{
    /// <summary>The variable that tells a replica its own name.</summary>
    public const string Name = "FEDERATION_REPLICA";

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        bool found = false;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return found;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isName = reader.ValueTextEquals("name"u8);
                reader.Read();
                found |= isName && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(Name);
                reader.Skip();
            }
        }
        return found;
    }

    /// <summary>What is followed is never written.</summary>
    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => throw new NotSupportedException();
}
