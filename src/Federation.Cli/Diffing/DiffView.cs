using System.Text.Json.Nodes;
using Federation.Client.Resources;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Manifests.Ownership;
using Federation.Manifests.Writing;

namespace Federation.Cli.Diffing;

/// <summary>A resource as a diff shows it: what is declared, in YAML, without what the plane itself writes. Of a secret, the names of its keys alone.</summary>
internal static class DiffView
{
    private const string Hidden = "(hidden)";
    private const string HiddenAndChanged = "(hidden, changed)";

    /// <summary>The resource as it is; empty for none.</summary>
    public static string Now(Resource? live) => live is null ? "" : Text(live, live is Secret secret ? Masked(secret, _ => false) : null);

    /// <summary>The resource as an apply would leave it.</summary>
    public static string After(ApplyResult result) => Text(result.Resource, result.Resource is Secret secret ? Masked(secret, key => IsChanged(result, key)) : null);

    private static string Text(Resource resource, JsonObject? secretData)
    {
        JsonObject node = ResourceWriter.ToNode(resource with
        {
            Metadata = resource.Metadata with { Tenant = null, Uid = null, Generation = null, ResourceVersion = null, CreatedAt = null, DeletionRequestedAt = null, ManagedFields = null },
        });
        node.Remove("status");
        if (secretData is not null) node["spec"] = secretData;
        return ResourceWriter.ToYaml(node);
    }

    private static JsonObject Masked(Secret secret, Func<string, bool> isChanged)
    {
        var data = new JsonObject();
        foreach (string key in secret.Status?.Keys ?? []) data[key] = isChanged(key) ? HiddenAndChanged : Hidden;
        return new JsonObject { ["data"] = data };
    }

    private static bool IsChanged(ApplyResult result, string key) =>
        result.Result != "created"
        && (!result.NamesAllChanges || result.Changed.Contains(FieldOwnership.PathOfKey("spec.data", key)) || result.Changed.Contains(FieldOwnership.PathOfKey("spec.binaryData", key)));
}
