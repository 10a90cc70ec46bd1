using System.Buffers.Text;
using System.Text.Json;
using Federation.Domain.Tenancy;

namespace Federation.Dashboard.Sessions;

/// <summary>What a token says of its bearer. The token came from the plane just now, and what is read here decides only what is drawn.</summary>
/// <param name="Name">The account.</param>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Role">Its role.</param>
internal sealed record TokenClaims(string Name, string Tenant, Role Role)
{
    /// <summary>Reads the claims; null if the token is no token of the plane's.</summary>
    public static TokenClaims? Read(string token)
    {
        if (token.Split('.') is not [_, var payload, _]) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            JsonElement root = document.RootElement;
            string subject = root.GetProperty("sub").GetString()!, tenant = root.GetProperty("tenant").GetString()!;
            return Enum.TryParse(root.GetProperty("role").GetString(), ignoreCase: true, out Role role) ? new(subject, tenant, role) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
