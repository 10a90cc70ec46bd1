using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.Security.Tokens;

/// <summary>The keys that may sign tokens (RFC 7517): the current one and those before it whose tokens still live. Immutable.</summary>
public sealed class JsonWebKeySet
{
    private readonly Dictionary<string, PublicSigningKey> _byId;

    /// <summary>Makes a set; the current key first.</summary>
    public JsonWebKeySet(IEnumerable<PublicSigningKey> keys)
    {
        Keys = [.. keys];
        _byId = Keys.ToDictionary(static key => key.KeyId, StringComparer.Ordinal);
    }

    /// <summary>No key at all.</summary>
    public static JsonWebKeySet Empty { get; } = new([]);

    /// <summary>The keys.</summary>
    public IReadOnlyList<PublicSigningKey> Keys { get; }

    /// <summary>The key of an id, or null.</summary>
    public PublicSigningKey? Find(string keyId) => _byId.GetValueOrDefault(keyId);

    /// <summary>The document that <c>jwks_uri</c> serves.</summary>
    public JsonObject ToJson() => new()
    {
        ["keys"] = new JsonArray([.. Keys.Select(static JsonNode (key) => new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = key.X,
            ["y"] = key.Y,
            ["kid"] = key.KeyId,
            ["use"] = "sig",
            ["alg"] = "ES256",
        })]),
    };

    /// <summary>Reads a document. Keys of other kinds and uses are passed over; a key's id must be its thumbprint.</summary>
    /// <exception cref="FormatException">It is no key set.</exception>
    public static JsonWebKeySet Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            JsonNode? root = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (root?["keys"] is not JsonArray array) throw new FormatException("a key set is an object with the array 'keys'");
            var keys = new List<PublicSigningKey>();
            foreach (JsonNode? node in array)
            {
                if (node is not JsonObject key || Text(key, "kty") != "EC" || Text(key, "crv") != "P-256") continue;
                if (Text(key, "use") is not (null or "sig") || Text(key, "alg") is not (null or "ES256")) continue;
                var read = PublicSigningKey.FromCoordinates(Text(key, "x") ?? "", Text(key, "y") ?? "");
                if (Text(key, "kid") == read.KeyId && keys.TrueForAll(other => other.KeyId != read.KeyId)) keys.Add(read);
            }
            return new(keys);
        }
        catch (Exception e) when (e is JsonException or CryptographicException or InvalidOperationException)
        {
            throw new FormatException("this is no JSON web key set: " + e.Message, e);
        }
    }

    private static string? Text(JsonObject key, string member) => key[member] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
