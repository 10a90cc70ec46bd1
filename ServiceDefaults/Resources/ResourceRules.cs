using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Storage;

namespace Federation.ServiceDefaults.Resources;

/// <summary>What a kind adds to the common way of resources. The base class is a kind with nothing to add.</summary>
public class ResourceRules<T> where T : Resource
{
    /// <summary>How it is removed.</summary>
    public virtual DeletionStep Deletion => DeletionStep.Remove;

    /// <summary>Fills in what the input leaves to the present state.</summary>
    public virtual T Prepare(T desired, T? present) => desired;

    /// <summary>Checks a creation or update against the other documents.</summary>
    public virtual ResourceChange OnApply(T desired, T? present, WriteContext context) => ResourceChange.Allowed.Alone;

    /// <summary>Checks a removal against the other documents.</summary>
    public virtual ResourceChange OnDelete(T present, WriteContext context) => ResourceChange.Allowed.Alone;

    /// <summary>The resource with the content that is stored elsewhere, for merging and comparing; never shown, never logged.</summary>
    public virtual T Whole(T resource) => resource;

    /// <summary>What a writer declares, in the form in which <see cref="Whole"/> has it.</summary>
    public virtual JsonObject Canonical(JsonObject written) => written;

    /// <summary>The resource as answers show it: with status, without what is confidential.</summary>
    public virtual T Shown(T stored) => stored;

    /// <summary>The stored form.</summary>
    public virtual ReadOnlyMemory<byte> Encode(T resource, DocumentKey key) => JsonSerializer.SerializeToUtf8Bytes(resource, DomainJson.Options);

    /// <summary>The stored form, read.</summary>
    public virtual T Decode(StoredDocument document) =>
        JsonSerializer.Deserialize<T>(document.Body.Span, DomainJson.Options) ?? throw new JsonException($"the document {document.Key} is null");

    /// <summary>Whether the tenant may see it; kinds outside tenants are seen by all.</summary>
    public virtual bool Visible(T stored, TenantId tenant) => true;
}
