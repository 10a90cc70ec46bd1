using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Domain.Json;

namespace Federation.Routing.Persistence;

/// <summary>The kept table's bytes: one line with the form's name and the SHA-256 of what follows, then the table as JSON.</summary>
public static class LastTableFormat
{
    private const string Name = "federation-table-1 ";

    /// <summary>The bytes of a table.</summary>
    public static byte[] Write(LastTable table)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(table, DomainJson.Options);
        return [.. Encoding.ASCII.GetBytes($"{Name}{Convert.ToHexStringLower(SHA256.HashData(body))}\n"), .. body];
    }

    /// <summary>Reads the bytes back.</summary>
    public static LastTableOutcome Read(ReadOnlySpan<byte> bytes)
    {
        int headLength = Name.Length + (SHA256.HashSizeInBytes * 2) + 1;
        if (bytes.Length < headLength || bytes[headLength - 1] != (byte)'\n') return new LastTableOutcome.Damaged("it is too short");
        string head = Encoding.ASCII.GetString(bytes[..(headLength - 1)]);
        if (!head.StartsWith(Name, StringComparison.Ordinal)) return new LastTableOutcome.Damaged("it is of another form");
        ReadOnlySpan<byte> body = bytes[headLength..];
        if (!head.AsSpan(Name.Length).SequenceEqual(Convert.ToHexStringLower(SHA256.HashData(body)))) return new LastTableOutcome.Damaged("its checksum does not agree");
        try
        {
            return JsonSerializer.Deserialize<LastTable>(body, DomainJson.Options) is { } table
                ? new LastTableOutcome.Read(table)
                : new LastTableOutcome.Damaged("it is empty");
        }
        catch (JsonException e)
        {
            return new LastTableOutcome.Damaged(e.Message);
        }
    }
}
