using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.SecretStore.Keys;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.SecretStore.Materials;

/// <summary>
/// How Secrets and Configs are written: the content goes into an encrypted version in the same transaction, the resource itself keeps a fingerprint in its place.
/// The same content applied again has the same fingerprint, and makes no version.
/// </summary>
/// <typeparam name="T">Secret or Config.</typeparam>
internal sealed class MaterialRules<T>(MaterialForm<T> form, KeyVault vault, IStore store) : ResourceRules<T> where T : Resource
{
    /// <summary>How many of one kind a tenant may have.</summary>
    public const int MaxPerTenant = 5000;

    // The content of a write on its way, by the spec that stands in its place; gone with the request.
    private readonly ConditionalWeakTable<MaterialSpec, Pending> _pending = [];

    /// <inheritdoc/>
    public override T Prepare(T desired, T? present)
    {
        string? violation = MaterialContent.TryRead(form.SpecOf(desired), out byte[] content, out IReadOnlyList<string> names);
        MaterialStatus? status = present is null ? null : form.StatusOf(present);
        if (violation is null && present is not null && MaterialHead.FingerprintOf(form.SpecOf(present)) is { } kept)
        {
            DocumentKey head = HeadOf(present);
            if (vault.Find(present.Metadata.Tenant!.Value, kept.Split(':')[0]).Fingerprint(content, head.ToString()) == kept)
            {
                CryptographicOperations.ZeroMemory(content);
                return form.With(desired, form.SpecOf(present), status);
            }
        }
        MaterialSpec spec = MaterialHead.SpecOf("pending");
        _pending.Add(spec, new Pending(content, violation));
        return form.With(desired, spec, new MaterialStatus((status?.Version ?? 0) + 1, names));
    }

    /// <inheritdoc/>
    public override ResourceChange OnApply(T desired, T? present, WriteContext context)
    {
        if (!_pending.TryGetValue(form.SpecOf(desired), out Pending? pending)) return ResourceChange.Allowed.Alone;
        if (pending.Violation is { } rule) return new ResourceChange.Refused(ResourceProblem.Invalid($"spec: {rule}"));
        if (present is null && context.Snapshot.List(desired.Kind, context.Tenant + "/").Take(MaxPerTenant).Count() == MaxPerTenant)
            return new ResourceChange.Refused(ResourceProblem.Invalid($"the tenant has {MaxPerTenant} {desired.Kind}s already, and may have no more"));

        DocumentKey head = HeadOf(desired);
        int version = form.StatusOf(desired)!.Version;
        DocumentKey address = MaterialVersion.AddressOf(head, version);
        KeyForWriting key = vault.ForWriting(context.Tenant, context.Snapshot);
        pending.Fingerprint = key.Key.Fingerprint(pending.Content, head.ToString());
        byte[] box = key.Key.Encrypt(pending.Content, address.ToString());
        pending.Shown = form.Readable ? MaterialContent.ToSpec(pending.Content) : null;
        CryptographicOperations.ZeroMemory(pending.Content);
        IEnumerable<StoreWrite> old = MaterialVersion.All(context.Snapshot, head).SkipLast(MaterialVersion.Kept - 1).Select(document => new StoreWrite(document.Key, null));
        return new ResourceChange.Allowed(key.Conditions, [new(address, box), .. key.Writes, .. old]);
    }

    /// <inheritdoc/>
    public override ResourceChange OnDelete(T present, WriteContext context) =>
        new ResourceChange.Allowed([], [.. MaterialVersion.All(context.Snapshot, HeadOf(present)).Select(document => new StoreWrite(document.Key, null))]);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(T resource, DocumentKey key)
    {
        if (_pending.TryGetValue(form.SpecOf(resource), out Pending? pending))
            resource = form.With(resource, MaterialHead.SpecOf(pending.Fingerprint ?? throw new InvalidOperationException($"{key} has no version yet")), form.StatusOf(resource));
        return JsonSerializer.SerializeToUtf8Bytes(resource, DomainJson.Options);
    }

    /// <inheritdoc/>
    public override T Whole(T resource) => form.With(
        resource, _pending.TryGetValue(form.SpecOf(resource), out Pending? pending) ? MaterialContent.ToSpec(pending.Content) : Content(resource), form.StatusOf(resource));

    /// <inheritdoc/>
    public override JsonObject Canonical(JsonObject written) => MaterialContent.Canonical(written);

    /// <inheritdoc/>
    public override T Shown(T stored)
    {
        if (!form.Readable) return form.With(stored, new MaterialSpec(), form.StatusOf(stored));
        if (_pending.TryGetValue(form.SpecOf(stored), out Pending? pending)) return form.With(stored, pending.Shown ?? new MaterialSpec(), form.StatusOf(stored));
        return form.With(stored, Content(stored), form.StatusOf(stored));
    }

    private MaterialSpec Content(T stored)
    {
        IStoreSnapshot snapshot = store.Current;
        // Deleted or replaced since it was read: its content is gone with it.
        DocumentKey address = MaterialVersion.AddressOf(HeadOf(stored), form.StatusOf(stored)!.Version);
        if (snapshot.Get(address) is null) return new MaterialSpec();
        byte[] content = MaterialVersion.Open(vault, snapshot, stored.Metadata.Tenant!.Value, address);
        MaterialSpec spec = MaterialContent.ToSpec(content);
        CryptographicOperations.ZeroMemory(content);
        return spec;
    }

    private static DocumentKey HeadOf(T resource) => new(resource.Kind, $"{resource.Metadata.Tenant}/{resource.Metadata.Namespace}/{resource.Metadata.Name}");

    private sealed class Pending(byte[] content, string? violation)
    {
        public byte[] Content { get; } = content;

        public string? Violation { get; } = violation;

        public string? Fingerprint { get; set; }

        public MaterialSpec? Shown { get; set; }
    }
}
