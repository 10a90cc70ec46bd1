using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests;
using Federation.Manifests.Ownership;
using Federation.Manifests.Reading;
using Federation.Storage;

namespace Federation.ServiceDefaults.Resources;

/// <summary>
/// The one way in which resources of a kind are written and read in their owner's store: server metadata, preconditions, dry run,
/// the kind's own rules, and a conditional transaction that is tried again when another writer was quicker.
/// </summary>
public sealed class ResourceDesk<T>(IStore store, ResourceRules<T> rules, TimeProvider time, IChance chance) where T : Resource
{
    private const int Attempts = 16;

    /// <summary>The kind.</summary>
    public ResourceKind Kind { get; } = ResourceKind.Of<T>();

    /// <summary>The store's key of a resource.</summary>
    public DocumentKey KeyOf(TenantId tenant, string? @namespace, string name) => new(Kind.Name, Kind switch
    {
        { Namespaced: true } => $"{tenant}/{@namespace}/{name}",
        { Name: "Namespace" } => $"{tenant}/{name}",
        _ => name,
    });

    /// <summary>The prefix of the keys that a list covers.</summary>
    public string PrefixOf(TenantId tenant, string? @namespace) => Kind switch
    {
        { Namespaced: true } => @namespace is null ? $"{tenant}/" : $"{tenant}/{@namespace}/",
        { Name: "Namespace" } => $"{tenant}/",
        _ => "",
    };

    /// <summary>The resource as stored, with its revision; null if there is none that the tenant may see.</summary>
    public T? Find(TenantId tenant, string? @namespace, string name)
    {
        if (store.Current.Get(KeyOf(tenant, @namespace, name)) is not { } document) return null;
        T resource = Read(document);
        return rules.Visible(resource, tenant) ? resource : null;
    }

    /// <summary>The resource of a stored document, with its revision, as answers show it.</summary>
    public T Shown(StoredDocument document) => rules.Shown(Read(document));

    /// <summary>The resource as answers show it.</summary>
    public T Shown(T stored) => rules.Shown(stored);

    /// <summary>Whether the tenant may see the document.</summary>
    public bool Visible(StoredDocument document, TenantId tenant) => rules.Visible(Read(document), tenant);

    /// <summary>Creates or replaces. The writer owns the fields that it changes.</summary>
    /// <param name="desired">The input, already checked by itself.</param>
    /// <param name="tenant">The tenant written for.</param>
    /// <param name="writer">The principal's name.</param>
    /// <param name="ifRevision">The revision it must have; 0: it must be absent; null: any.</param>
    /// <param name="dryRun">Decide everything, write nothing.</param>
    /// <param name="cancellationToken">Abandons the waiting.</param>
    public Task<ApplyOutcome<T>> ApplyAsync(
        T desired, TenantId tenant, string writer, long? ifRevision, bool dryRun, CancellationToken cancellationToken) =>
        ReplaceAsync(desired, new FieldWriter(writer), tenant, writer, ifRevision, dryRun, cancellationToken);

    /// <summary>As <see cref="ApplyAsync"/>, in the name of a field manager.</summary>
    /// <param name="desired">The input, already checked by itself.</param>
    /// <param name="fields">Who owns what it changes.</param>
    /// <param name="tenant">The tenant written for.</param>
    /// <param name="writer">The principal's name.</param>
    /// <param name="ifRevision">The revision it must have; 0: it must be absent; null: any.</param>
    /// <param name="dryRun">Decide everything, write nothing.</param>
    /// <param name="cancellationToken">Abandons the waiting.</param>
    public Task<ApplyOutcome<T>> ReplaceAsync(
        T desired, FieldWriter fields, TenantId tenant, string writer, long? ifRevision, bool dryRun, CancellationToken cancellationToken)
    {
        return WriteAsync(
            new Address(desired.Metadata.Namespace, desired.Metadata.Name), (_, _) => new Draft.Ready(desired, OwnersAfter), tenant, writer, ifRevision, dryRun, cancellationToken);

        IReadOnlyList<FieldOwner> OwnersAfter(JsonObject? before, JsonObject after, IReadOnlyList<FieldOwner> owners, DateTimeOffset now) => fields.KeepsOwners
            ? FieldOwnership.Restore(Kind, before, after, owners, fields.Manager, now)
            : FieldOwnership.Replace(Kind, before, after, owners, fields.Manager, now);
    }

    /// <summary>Merges the fields that a writer wants into what is there: see <see cref="FieldOwnership.Apply"/>.</summary>
    /// <param name="written">The fields, as <see cref="DeclaredResource.Written"/>.</param>
    /// <param name="address">Where.</param>
    /// <param name="manager">Whose the fields are.</param>
    /// <param name="force">Whether to take over what others own.</param>
    /// <param name="tenant">The tenant written for.</param>
    /// <param name="writer">The principal's name.</param>
    /// <param name="ifRevision">The revision it must have; 0: it must be absent; null: any.</param>
    /// <param name="dryRun">Decide everything, write nothing.</param>
    /// <param name="cancellationToken">Abandons the waiting.</param>
    public Task<ApplyOutcome<T>> MergeAsync(
        JsonObject written, Address address, string manager, bool force, TenantId tenant, string writer, long? ifRevision, bool dryRun, CancellationToken cancellationToken)
    {
        JsonObject fields = rules.Canonical(written);
        return WriteAsync(address, Merge, tenant, writer, ifRevision, dryRun, cancellationToken);

        Draft Merge(T? present, DateTimeOffset now)
        {
            JsonObject? before = present is null ? null : Tree(rules.Whole(present));
            switch (FieldOwnership.Apply(Kind, before, present?.Metadata.ManagedFields ?? [], fields, manager, force, now))
            {
                case MergeOutcome.Clashed clashed:
                    return new Draft.Refused(ResourceProblem.FieldConflict(
                        $"{Kind.Name} {address.Name}", [.. clashed.Clashes.Select(clash => new FieldConflict(clash.Path, clash.Owner))]));
                case MergeOutcome.Merged merged:
                    ReadOutcome read = ResourceReader.ReadOne(JsonSerializer.SerializeToUtf8Bytes(merged.Document, DomainJson.Options), "merged");
                    if (read is not ReadOutcome.Accepted { Resources: [{ Resource: T desired }] })
                        return new Draft.Refused(ResourceProblem.OfInput(((ReadOutcome.Refused)read).Errors, withPlaces: false));
                    return new Draft.Ready(desired, (_, _, _, _) => merged.Owners);
                default:
                    throw new InvalidOperationException("unknown outcome");
            }
        }
    }

    private async Task<ApplyOutcome<T>> WriteAsync(
        Address address, Func<T?, DateTimeOffset, Draft> draft, TenantId tenant, string writer, long? ifRevision, bool dryRun, CancellationToken cancellationToken)
    {
        DocumentKey key = KeyOf(tenant, address.Namespace, address.Name);
        string uid = chance.NextUid();
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            IStoreSnapshot snapshot = store.Current;
            StoredDocument? document = snapshot.Get(key);
            if (Precondition(document, ifRevision, address.Name) is { } broken) return new ApplyOutcome<T>.Refused(broken);
            T? present = document is null ? null : Read(document);
            if (present?.Metadata.DeletionRequestedAt is not null)
                return new ApplyOutcome<T>.Refused(ResourceProblem.InUse($"{Kind.Name} {address.Name} is being removed; wait until it is gone"));
            var context = new WriteContext(tenant, writer, snapshot, time.GetUtcNow());
            Draft made = draft(present, context.Now);
            if (made is Draft.Refused no) return new ApplyOutcome<T>.Refused(no.Problem);
            var ready = (Draft.Ready)made;
            T next = Complete(rules.Prepare(ready.Desired, present), present, tenant, uid, context.Now);
            JsonObject? before = present is null ? null : Tree(rules.Whole(present));
            JsonObject after = Tree(rules.Whole(next));
            IReadOnlyList<FieldOwner> had = present?.Metadata.ManagedFields ?? [], owners = ready.Owners(before, after, had, context.Now);
            next = (T)(next with { Metadata = next.Metadata with { ManagedFields = owners.Count > 0 ? owners : null } });

            bool same = present is not null && Content(next) == Content(present);
            if (same && FieldOwnership.SameOwners(had, owners)) return new ApplyOutcome<T>.Applied(rules.Shown(present!), "unchanged", []);
            ResourceChange change = rules.OnApply(next, present, context);
            if (change is ResourceChange.Refused refused) return new ApplyOutcome<T>.Refused(refused.Problem);
            string result = present is null ? "created" : same ? "unchanged" : "configured";
            IReadOnlyList<string> changed = FieldOwnership.Changes(Kind, before, after);
            if (dryRun) return new ApplyOutcome<T>.Applied(rules.Shown(next), result, changed);

            var allowed = (ResourceChange.Allowed)change;
            CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
            {
                Conditions = [new(key, document?.Revision ?? 0), .. allowed.Conditions],
                Writes = [new(key, rules.Encode(next, key)), .. allowed.Writes, AuditTrail.Record(context, same ? "owned" : result, key, chance)],
            }, cancellationToken);
            if (outcome is CommitOutcome.Committed committed)
                return new ApplyOutcome<T>.Applied(rules.Shown(WithRevision(next, committed.Revision)), result, changed);
        }
        return new ApplyOutcome<T>.Refused(ResourceProblem.Unavailable(
            $"{Kind.Name} {address.Name} is being written by others all the time; try again"));
    }

    /// <summary>Removes, or marks for removal. Removing what is marked already is no error.</summary>
    /// <returns>Null if it is done; else why not.</returns>
    public async Task<ResourceProblem?> DeleteAsync(
        TenantId tenant, string? @namespace, string name, string writer, long? ifRevision, bool dryRun, CancellationToken cancellationToken)
    {
        DocumentKey key = KeyOf(tenant, @namespace, name);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            IStoreSnapshot snapshot = store.Current;
            if (snapshot.Get(key) is not { } document || !rules.Visible(Read(document), tenant)) return ResourceProblem.NotFound($"{Kind.Name} {name}");
            if (Precondition(document, ifRevision, name) is { } broken) return broken;
            T present = Read(document);
            if (present.Metadata.DeletionRequestedAt is not null) return null;
            var context = new WriteContext(tenant, writer, snapshot, time.GetUtcNow());
            ResourceChange change = rules.OnDelete(present, context);
            if (change is ResourceChange.Refused refused) return refused.Problem;
            if (dryRun) return null;
            var allowed = (ResourceChange.Allowed)change;
            // A bare null would become an empty memory, which writes an empty document.
            ReadOnlyMemory<byte>? body = rules.Deletion == DeletionStep.Remove
                ? default(ReadOnlyMemory<byte>?)
                : rules.Encode((T)(present with { Metadata = present.Metadata with { DeletionRequestedAt = context.Now } }), key);
            CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
            {
                Conditions = [new(key, document.Revision), .. allowed.Conditions],
                Writes = [new(key, body), .. allowed.Writes, AuditTrail.Record(context, "deleted", key, chance)],
            }, cancellationToken);
            if (outcome is CommitOutcome.Committed) return null;
        }
        return ResourceProblem.Unavailable($"{Kind.Name} {name} is being written by others all the time; try again");
    }

    private T Read(StoredDocument document) => WithRevision(rules.Decode(document), document.Revision);

    private static T WithRevision(T resource, long revision) => (T)(resource with
    {
        Metadata = resource.Metadata with { ResourceVersion = revision.ToString(CultureInfo.InvariantCulture) },
    });

    private T Complete(T desired, T? present, TenantId tenant, string uid, DateTimeOffset now)
    {
        bool sameSpec = present is not null && Spec(desired) == Spec(present);
        ResourceMetadata metadata = desired.Metadata with
        {
            Namespace = Kind.Namespaced ? desired.Metadata.Namespace : null,
            Tenant = Kind.Namespaced || Kind.Name == "Namespace" ? tenant : null,
            Uid = present?.Metadata.Uid ?? uid,
            Generation = present is null ? 1 : present.Metadata.Generation + (sameSpec ? 0 : 1),
            CreatedAt = present?.Metadata.CreatedAt ?? now,
            ResourceVersion = null,
            DeletionRequestedAt = null,
        };
        return (T)(desired with { Metadata = metadata });
    }

    private static ResourceProblem? Precondition(StoredDocument? document, long? ifRevision, string name) => ifRevision switch
    {
        null => null,
        0 when document is not null => ResourceProblem.Precondition($"{name} exists already"),
        0 => null,
        _ when document is null => ResourceProblem.Precondition($"{name} does not exist"),
        _ when document.Revision != ifRevision => ResourceProblem.Precondition(
            $"{name} has revision {document.Revision}, not {ifRevision}: another writer changed it; read it again"),
        _ => null,
    };

    private static string Spec(T resource) => Tree(resource)["spec"]?.ToJsonString() ?? "";

    private static string Content(T resource)
    {
        JsonObject tree = Tree(resource);
        return $"{tree["spec"]?.ToJsonString()}\n{tree["metadata"]?["labels"]?.ToJsonString()}\n{tree["metadata"]?["annotations"]?.ToJsonString()}";
    }

    private static JsonObject Tree(T resource) => JsonSerializer.SerializeToNode(resource, DomainJson.Options)!.AsObject();

    private abstract record Draft
    {
        public sealed record Ready(T Desired, Func<JsonObject?, JsonObject, IReadOnlyList<FieldOwner>, DateTimeOffset, IReadOnlyList<FieldOwner>> Owners) : Draft;

        public sealed record Refused(ResourceProblem Problem) : Draft;
    }
}
