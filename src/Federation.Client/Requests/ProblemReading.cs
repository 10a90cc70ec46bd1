using System.Text.Json;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Client.Requests;

/// <summary>Makes exceptions of refusals: problem details, OAuth 2.0 errors, and whatever a proxy in between may say.</summary>
internal static class ProblemReading
{
    public static async Task<ApiException> ToExceptionAsync(HttpResponseMessage response, CancellationToken ct)
    {
        string title = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) != true)
            return new(response.StatusCode, null, title, null);
        string body = await response.Content.ReadAsStringAsync(ct);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new(response.StatusCode, null, title, null);
            return new(
                response.StatusCode,
                Text(root, "type"),
                Text(root, "title") ?? Text(root, "error") ?? title,
                Text(root, "detail") ?? Text(root, "error_description"),
                List<InputError>(root, "errors"),
                Text(root, "holder"),
                List<FieldConflict>(root, "conflicts"));
        }
        catch (JsonException)
        {
            return new(response.StatusCode, null, title, null);
        }
    }

    private static List<T>? List<T>(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.Deserialize<List<T>>(DomainJson.Options) : null;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
