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
            IReadOnlyList<InputError>? errors = root.TryGetProperty("errors", out JsonElement list) && list.ValueKind == JsonValueKind.Array
                ? list.Deserialize<List<InputError>>(DomainJson.Options)
                : null;
            return new(
                response.StatusCode,
                Text(root, "type"),
                Text(root, "title") ?? Text(root, "error") ?? title,
                Text(root, "detail") ?? Text(root, "error_description"),
                errors,
                Text(root, "holder"));
        }
        catch (JsonException)
        {
            return new(response.StatusCode, null, title, null);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
