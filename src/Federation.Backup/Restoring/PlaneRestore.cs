using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Backup.Files;
using Federation.Backup.Kits;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Recoveries;
using Federation.Security.AtRest;
using Federation.Security.Authority;
using Federation.Security.Credentials;
using Federation.Security.Files;
using Federation.Storage;
using Federation.Storage.Sqlite;

namespace Federation.Backup.Restoring;

/// <summary>
/// Puts a plane's stores back while its services are down. Each store becomes a new incarnation, with term and revision well above those it had, and
/// Placement begins in recovery: it decides nothing before the clusters have said what they run.
/// </summary>
public static class PlaneRestore
{
    // More openings, and more commits, than a plane makes between a backup and its loss; what is higher still is met when its agent says so.
    private const long Ahead = 1 << 20;

    /// <summary>Restores a backup.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="state">Where to.</param>
    /// <param name="kit">The opened kit, where the key files are lost with the state; null: they are there.</param>
    /// <param name="replace">Whether stores that are there may be replaced; they are kept beside as <c>*.replaced</c>.</param>
    /// <param name="time">The clock, for people.</param>
    /// <exception cref="BackupException">Refused; nothing was changed.</exception>
    /// <exception cref="StoreOpenException">A service has its store open.</exception>
    public static async Task<RestoreReport> RunAsync(string file, StateLayout state, KitContent? kit, bool replace, TimeProvider time)
    {
        RequireRoom(state, replace);
        if (kit is not null) RequireRoom(state, kit, replace);
        else if (!File.Exists(state.IdentityKek)) throw new BackupException($"there is no {state.IdentityKek}, and without it the backup does not open", "give the offline kit: --kit FILE");
        BackupContent content = await ReadAsync(file, state, kit);
        var notes = new List<string>();
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<StoredDocument> identity = Identity(content, state, now, notes, out Action? credentials);
        IReadOnlyList<StoredDocument> placement = Placement(content, now);
        Write(
        [
            (state.Identity, content.Identity.Head, identity),
            (state.SecretStore, content.SecretStore.Head, content.SecretStore.Documents),
            (state.Placement, content.Placement.Head, placement),
        ], [], () => PlaceKeys(state, kit, notes), notes);
        credentials?.Invoke();
        foreach (string line in content.Manifest.Unresolved) notes.Add($"did not resolve when the backup was taken: {line}");
        return new(content.Manifest, notes);
    }

    /// <summary>Prepares a plane whose state is lost: its authority and keys from the kit, its secrets from a backup if there is one, the rest from the clusters.</summary>
    /// <exception cref="BackupException">Refused; nothing was changed.</exception>
    /// <exception cref="StoreOpenException">A service has its store open.</exception>
    public static async Task<RestoreReport> RecoverAsync(KitContent kit, string? backup, StateLayout state, bool replace, TimeProvider time)
    {
        if (backup is not null) return await RunAsync(backup, state, kit, replace, time);
        RequireRoom(state, replace);
        RequireRoom(state, kit, replace);
        var notes = new List<string>();
        DateTimeOffset now = time.GetUtcNow();
        var recovery = new Recovery { Origin = RecoveryOrigin.Clusters, StartedAt = now, TakenAt = kit.TakenAt, Awaited = kit.Nodes, Adopt = true };
        var head = new StoreCopyHead("placement", "", 0, 0, StoreCopy.Format);
        // Identity's and SecretStore's are moved aside, so that their services make new ones.
        Write([(state.Placement, head, [Document("Recovery", Recovery.Key, JsonSerializer.SerializeToUtf8Bytes(recovery, DomainJson.Options), Ahead)])], [state.Identity, state.SecretStore], () =>
        {
            PlaceKeys(state, kit, notes);
            DurableFile.EnsurePrivateFolder(Path.GetDirectoryName(state.Authority)!);
            DurableFile.Replace(state.Authority, JsonSerializer.SerializeToUtf8Bytes(
                new RecoveredAuthority(kit.Plane, kit.AuthorityCertificate, kit.AuthorityKey), DomainJson.Options));
        }, notes);
        notes.Add("service accounts, revocations and tenants' roles are not in a kit: the administrator and the developer have new secrets (bootstrap/), others are to be made anew, and revoked nodes revoked again");
        notes.Add("secrets and configs are not in a kit: what runs keeps its files; apply them anew, or recover with --backup FILE");
        notes.Add("audit trails, events and the history of revisions are not in a kit");
        return new(null, notes);
    }

    private static void RequireRoom(StateLayout state, bool replace)
    {
        if (replace) return;
        if (((string[])[state.Identity, state.Placement, state.SecretStore]).FirstOrDefault(StoreReplacement.IsThere) is { } there)
            throw new BackupException($"there is a store already: {there}", "restore into another folder with --state DIR, or say --replace (the present stores are kept beside, as *.replaced)");
    }

    private static void RequireRoom(StateLayout state, KitContent kit, bool replace)
    {
        if (replace) return;
        if (KeysOf(state, kit).FirstOrDefault(static one => File.Exists(one.Path) && !Holds(one.Path, one.Keys)).Path is { } other)
            throw new BackupException($"{other} holds another key than the kit", "say --replace if that key is of no use any more; it is kept beside, as *.replaced");
    }

    private static void PlaceKeys(StateLayout state, KitContent? kit, List<string> notes)
    {
        if (kit is null) return;
        Directory.CreateDirectory(state.Root, DurableFile.OwnerOnly | UnixFileMode.UserExecute);
        DurableFile.EnsurePrivateFolder(Path.GetDirectoryName(state.IdentityKek)!);
        foreach ((string path, byte[] keys) in KeysOf(state, kit))
        {
            if (File.Exists(path))
            {
                if (Holds(path, keys)) continue;
                string kept = StoreReplacement.KeptPath(path);
                DurableFile.Replace(kept, File.ReadAllBytes(path));
                notes.Add($"the former key is kept as {kept}");
            }
            DurableFile.Replace(path, keys);
        }
    }

    private static (string Path, byte[] Keys)[] KeysOf(StateLayout state, KitContent kit) => [(state.IdentityKek, kit.IdentityKeys), (state.SecretStoreKek, kit.SecretStoreKeys)];

    private static bool Holds(string path, byte[] keys) => File.ReadAllBytes(path).AsSpan().TrimEnd("\n"u8).SequenceEqual(keys.AsSpan().TrimEnd("\n"u8));

    private static async Task<BackupContent> ReadAsync(string file, StateLayout state, KitContent? kit)
    {
        try
        {
            using KeyRing ring = kit is null ? KeyRing.Load(state.IdentityKek) : KeyRing.Parse("the kit", kit.IdentityKeys);
            return await BackupFile.ReadAsync(file, ring);
        }
        catch (KeyRingException e)
        {
            throw new BackupException(e.Message, null, e);
        }
    }

    private static List<StoredDocument> Identity(BackupContent content, StateLayout state, DateTimeOffset now, List<string> notes, out Action? credentials)
    {
        credentials = null;
        long revision = content.Identity.Head.Revision + Ahead;
        var kept = new List<StoredDocument>(content.Identity.Documents.Count);
        int tokens = 0;
        bool administrator = File.Exists(state.Administrator);
        foreach (StoredDocument document in content.Identity.Documents)
        {
            switch (document.Key.Kind)
            {
                // One that was used since would serve a second time.
                case "JoinToken":
                    if (JsonNode.Parse(document.Body.Span)!["service"] is null) tokens++;
                    continue;
                case "Plane":
                    // Machines that joined after the backup still prove themselves by the authority's certificates.
                    JsonNode plane = JsonNode.Parse(document.Body.Span)!;
                    plane["recoveredAt"] = JsonSerializer.SerializeToNode(now, DomainJson.Options);
                    kept.Add(Changed(document, plane, revision));
                    continue;
                case "ServiceAccount" when document.Key.Key == "system/admin" && !administrator:
                    JsonNode account = JsonNode.Parse(document.Body.Span)!;
                    string secret = CredentialHash.NewSecret();
                    account["secretHash"] = CredentialHash.Hash("system.admin", secret);
                    kept.Add(Changed(document, account, revision));
                    credentials = () =>
                    {
                        DurableFile.EnsurePrivateFolder(Path.GetDirectoryName(state.Administrator)!);
                        DurableFile.Replace(state.Administrator, JsonSerializer.SerializeToUtf8Bytes(
                            new { clientId = "system.admin", clientSecret = secret, tenant = "system" }, DomainJson.Indented));
                    };
                    notes.Add($"the administrator has a new secret, since the file with its old one is gone: {state.Administrator}");
                    continue;
                default:
                    kept.Add(document);
                    continue;
            }
        }
        if (tokens > 0) notes.Add($"{tokens} join tokens of the backup do not serve any more: one that was used since would serve twice");
        return kept;
    }

    private static List<StoredDocument> Placement(BackupContent content, DateTimeOffset now)
    {
        long revision = content.Placement.Head.Revision + Ahead;
        IEnumerable<NodeKey> ordered = content.Placement.Of("Assignment").Select(static document => document.Read<Assignment>())
            .Where(static order => order.State != AssignmentState.Withdrawn).Select(static order => order.NodeKey).OfType<NodeKey>();
        var recovery = new Recovery
        {
            Origin = RecoveryOrigin.Backup,
            StartedAt = now,
            TakenAt = content.Manifest.TakenAt,
            Awaited = [.. ordered.Distinct().Order()],
        };
        return
        [
            .. content.Placement.Documents.Where(static document => document.Key.Kind is not ("Recovery" or "Inventory" or "HeldOrder" or "HeldDocument" or "Drill")),
            Document("Recovery", Recovery.Key, JsonSerializer.SerializeToUtf8Bytes(recovery, DomainJson.Options), revision),
        ];
    }

    /// <summary>Puts stores in their places and moves others out of them, once all are known to be free and everything new is on the disk.</summary>
    private static void Write((string Path, StoreCopyHead Head, IReadOnlyList<StoredDocument> Documents)[] stores, string[] aside, Action prepare, List<string> notes)
    {
        var taken = new List<StoreReplacement>();
        try
        {
            // All locks first: a service that runs refuses the whole.
            foreach (string path in stores.Select(static store => store.Path).Concat(aside)) taken.Add(StoreReplacement.Begin(path));
            try
            {
                for (int i = 0; i < stores.Length; i++) taken[i].Write(stores[i].Head.Term + Ahead, stores[i].Head.Revision + Ahead, stores[i].Documents);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                foreach (StoreReplacement one in taken) one.Discard();
                throw new BackupException($"the new stores cannot be written beside the present ones: {e.Message}", "the present stores are as they were: free space, then run it again", e);
            }
            // A cut from here to the end leaves a store that refuses to open, until the restore is run again.
            prepare();
            foreach (StoreReplacement one in taken.Skip(stores.Length)) Kept(one.SetAside());
            foreach (StoreReplacement one in taken.Take(stores.Length)) Kept(one.Commit());
        }
        finally
        {
            foreach (StoreReplacement one in taken) one.Dispose();
        }

        void Kept(string? path)
        {
            if (path is not null) notes.Add($"the former store is kept as {path}");
        }
    }

    private static StoredDocument Changed(StoredDocument document, JsonNode body, long revision) =>
        document with { Revision = revision, Body = JsonSerializer.SerializeToUtf8Bytes(body, DomainJson.Options) };

    private static StoredDocument Document(string kind, string key, byte[] body, long revision) => new(new DocumentKey(kind, key), revision, revision, body);
}
