using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Gateway.Forwarding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Federation.Gateway.Api;

/// <summary>The whole REST contract in one OpenAPI document, at the one address that callers know: the services' own documents and the gateway's, merged.</summary>
public sealed class ContractApi(OwnerCalls calls, [FromKeyedServices(ContractApi.Own)] IOpenApiDocumentProvider own)
{
    /// <summary>Where it is, here and at each service.</summary>
    public const string Path = "/v1/openapi.json";

    /// <summary>The name of the gateway's own document.</summary>
    public const string Own = "gateway";

    private static readonly string[] Owners = ["identity", "secretstore", "placement", "health"];

    // A service's contract changes with its version alone: the last one stands in while it is away.
    private readonly ConcurrentDictionary<string, JsonObject> _known = new(StringComparer.Ordinal);

    /// <summary>Answers with the document.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        RequestId.Ensure(context);
        JsonObject?[] parts = await Task.WhenAll(Owners.Select(owner => PartAsync(context, owner)));
        if (Array.IndexOf(parts, null) is >= 0 and var missing)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The contract is not complete", $"{Owners[missing]} does not answer, and its part was not read yet", retryAfterSeconds: 1);
            return;
        }
        OpenApiDocument document = await own.GetOpenApiDocumentAsync(context.RequestAborted);
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        JsonObject merged = ContractMerge.Of("Federation", [(Own, JsonNode.Parse(text.ToString())!.AsObject()), .. Owners.Zip(parts, static (owner, part) => (owner, part!))]);
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(merged.ToJsonString(), context.RequestAborted);
    }

    private async Task<JsonObject?> PartAsync(HttpContext context, string owner)
    {
        if (await calls.GetAsync<JsonObject>(context, owner, Path) is { } document) _known[owner] = document;
        return _known.GetValueOrDefault(owner);
    }
}
