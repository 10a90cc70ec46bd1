using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Federation.Backup;
using Federation.Backup.Files;
using Federation.Backup.Kits;
using Federation.Backup.Restoring;
using Federation.Contracts.Api;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Recoveries;
using Federation.Domain.Workloads;
using Federation.Security.AtRest;
using Federation.Security.Enrollment;
using Federation.Security.Sealing;
using Federation.Services.Tests.Identity;
using Federation.Services.Tests.SecretStore;
using Federation.Storage;
using Federation.Storage.Sqlite;

namespace Federation.Services.Tests.Backups;

/// <summary>Backups and kits of real services' stores, while they are written, and what comes back of them.</summary>
public sealed class BackupTests : IdentityTest
{
    private const string Passphrase = "correct horse battery staple";
    private static readonly NodeKey Node = new(new("eu-cloud"), new("n1"));
    private SecretStoreHost _secrets = null!;
    private IStore _placement = null!;
    private string _admin = null!;

    private string Backup => Path.Combine(Folder, "plane.backup");

    private StateLayout State => new(Folder)
    {
        Identity = Path.Combine(Folder, "identity", "identity.db"),
        SecretStore = Path.Combine(Folder, "secretstore", "secretstore.db"),
        Placement = Path.Combine(Folder, "placement", "placement.db"),
        IdentityKek = Path.Combine(Folder, "identity-kek"),
        SecretStoreKek = Path.Combine(Folder, "secretstore-kek"),
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _secrets = await SecretStoreHost.StartAsync(Host);
        _placement = await SqliteStore.OpenAsync(State.Placement, cancellationToken: Cancel);
        _admin = await Host.AdminTokenAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _secrets.DisposeAsync();
        await _placement.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Backup_UnderWriteLoad_RestoresToAConsistentPoint()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var flowing = new TaskCompletionSource();
        Task<int> writing = WriteAsync(flowing, end.Token);
        await flowing.Task.WaitAsync(Cancel);
        BackupContent taken = await TakeAsync();
        await end.CancelAsync();
        int written = await writing;
        Assert.Empty(taken.Manifest.Unresolved);
        long term = _placement.Term, revision = _placement.Current.Revision;

        await StopAsync();
        RestoreReport report = await PlaneRestore.RunAsync(Backup, State, null, replace: true, Time);
        Assert.Equal(taken.Manifest.Plane, report.Manifest!.Plane);
        await StartAsync();

        // One transaction wrote order and note: a copy of two moments would hold one without the other.
        Assignment[] orders = [.. _placement.Current.ReadAll<Assignment>("Assignment")];
        Assert.InRange(orders.Length, 1, written);
        Assert.Equal(orders.Select(order => order.Workload.Name), _placement.Current.List("Note").Select(note => note.Key.Key));
        Assert.True(_placement.Term > term && _placement.Current.Revision > revision, "what agents have seen is older than what they are told from now on");
        Assert.NotEqual(taken.Manifest.Stores[0].Incarnation, _placement.Incarnation);
        Recovery recovery = _placement.Current.Read<Recovery>(new("Recovery", Recovery.Key))!;
        Assert.Equal((RecoveryOrigin.Backup, (DateTimeOffset?)null), (recovery.Origin, recovery.FinishedAt));
        Assert.Equal([Node], recovery.Awaited);
        foreach (Assignment order in orders)
        {
            using HttpResponseMessage config = await _secrets.SendAsync(HttpMethod.Get, $"/v1/namespaces/default/configs/{order.Workload.Name}?tenant=default", _admin);
            Assert.Equal($"value of {order.Workload.Name}", JsonDocument.Parse(await config.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("spec").GetProperty("data").GetProperty("file").GetString());
        }
    }

    [Fact]
    public async Task Restore_FileIsCutOrChanged_IsRefusedAndNothingIsTouched()
    {
        await TakeAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        byte[] whole = await File.ReadAllBytesAsync(Backup, Cancel);
        await StopAsync();
        byte[] before = await File.ReadAllBytesAsync(State.Identity, Cancel);
        for (int part = 0; part < 12; part++) await RefusedAsync(whole[..(whole.Length * part / 12)], "cut off|no federation backup");
        foreach (int at in (int[])[30, 200, whole.Length / 2, whole.Length - 20, whole.Length - 1])
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            await RefusedAsync(changed, "changed|cut off|not hold");
        }
        await RefusedAsync([.. whole, 0], "goes on behind");
        await RefusedAsync("something else entirely, and long enough"u8.ToArray(), "no federation backup");

        await File.WriteAllBytesAsync(Backup, whole, Cancel);
        var there = await Assert.ThrowsAsync<BackupException>(() => PlaneRestore.RunAsync(Backup, State, null, replace: false, Time));
        Assert.Contains("--replace", there.Next, StringComparison.Ordinal);
        File.Move(State.IdentityKek, State.IdentityKek + ".away");
        KeyRing.Create(State.IdentityKek).Dispose();
        var other = await Assert.ThrowsAsync<BackupException>(() => PlaneRestore.RunAsync(Backup, State, null, replace: true, Time));
        Assert.Contains("key-encryption key", other.Message, StringComparison.Ordinal);
        File.Move(State.IdentityKek + ".away", State.IdentityKek, overwrite: true);
        Assert.Equal(before, await File.ReadAllBytesAsync(State.Identity, Cancel));
        await StartAsync();
    }

    [Fact]
    public async Task Restore_ServiceRuns_IsRefused()
    {
        await TakeAsync();
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PlaneRestore.RunAsync(Backup, State, null, replace: true, Time));
        Assert.Equal(StoreOpenFailure.Locked, refused.Failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_RefusedWithAnotherPlanesKit_LeavesTheKeysThatAreThere(bool serviceRuns)
    {
        await TakeAsync();
        KitContent other = OtherKit();
        byte[] identity = await File.ReadAllBytesAsync(State.IdentityKek, Cancel), secrets = await File.ReadAllBytesAsync(State.SecretStoreKek, Cancel);
        if (!serviceRuns) await StopAsync();
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (serviceRuns) await Assert.ThrowsAsync<StoreOpenException>(() => PlaneRestore.RecoverAsync(other, null, State, replace: true, Time));
            else await Assert.ThrowsAsync<BackupException>(() => PlaneRestore.RunAsync(Backup, State, other, replace: true, Time));
        }
        Assert.Equal(identity, await File.ReadAllBytesAsync(State.IdentityKek, Cancel));
        Assert.Equal(secrets, await File.ReadAllBytesAsync(State.SecretStoreKek, Cancel));
        if (!serviceRuns) await StartAsync();
    }

    [Fact]
    public async Task Restore_Twice_KeepsWhatEachReplaced()
    {
        await TakeAsync();
        await StopAsync();
        byte[] first = await File.ReadAllBytesAsync(State.Placement, Cancel);
        await PlaneRestore.RunAsync(Backup, State, null, replace: true, Time);
        byte[] second = await File.ReadAllBytesAsync(State.Placement, Cancel);
        RestoreReport report = await PlaneRestore.RunAsync(Backup, State, null, replace: true, Time);
        Assert.Contains($"the former store is kept as {State.Placement}.replaced.2", report.Notes);
        Assert.Equal(first, await File.ReadAllBytesAsync(State.Placement + ".replaced", Cancel));
        Assert.Equal(second, await File.ReadAllBytesAsync(State.Placement + ".replaced.2", Cancel));
        await StartAsync();
    }

    [Fact]
    public async Task Recover_ReplacesKeys_KeepsEachUnderANameOfItsOwn()
    {
        await StopAsync();
        byte[] first = await File.ReadAllBytesAsync(State.IdentityKek, Cancel);
        KitContent one = OtherKit(), two = OtherKit();
        await PlaneRestore.RecoverAsync(one, null, State, replace: true, Time);
        await PlaneRestore.RecoverAsync(two, null, State, replace: true, Time);
        Assert.Equal(first, await File.ReadAllBytesAsync(State.IdentityKek + ".replaced", Cancel));
        Assert.Equal(one.IdentityKeys, await File.ReadAllBytesAsync(State.IdentityKek + ".replaced.2", Cancel));
        Assert.Equal(two.IdentityKeys, await File.ReadAllBytesAsync(State.IdentityKek, Cancel));
    }

    [Fact]
    public async Task Restore_NewStoresCannotBeWritten_LeavesThePresentOnesUsable()
    {
        await TakeAsync();
        await StopAsync();
        // A folder stands where the last of the new stores is to be written, as a full disk would end it there.
        Directory.CreateDirectory(StoreReplacement.NewPath(State.Placement) + "-journal");
        await Assert.ThrowsAsync<BackupException>(() => PlaneRestore.RunAsync(Backup, State, null, replace: true, Time));
        Directory.Delete(StoreReplacement.NewPath(State.Placement) + "-journal");
        await StartAsync();
    }

    [Fact]
    public async Task Backup_PlaceThatCannotBeWritten_IsRefusedByItsName()
    {
        string place = Path.Combine(Folder, "nowhere", "plane.kit");
        var refused = await Assert.ThrowsAsync<BackupException>(() => KitAsync(place));
        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
        Assert.Contains("free space", refused.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_CutBeforeItsEnd_TheStoreSaysSoAndTheNextRunHeals()
    {
        await TakeAsync();
        await StopAsync();
        await File.WriteAllTextAsync(StoreReplacement.NewPath(State.Placement), "half", Cancel);
        var half = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(State.Placement, cancellationToken: Cancel));
        Assert.Equal(StoreOpenFailure.HalfRestored, half.Failure);
        await PlaneRestore.RunAsync(Backup, State, null, replace: true, Time);
        await StartAsync();
    }

    [Fact]
    public async Task Restore_JoinTokensAndLaterMembers_TokensServeNoMoreAndMembersRenew()
    {
        JoinToken unused = await Host.JoinTokenAsync("eu-cloud", "n9");
        await TakeAsync();
        using MachineKey key = MachineKey.Create(), late = MachineKey.Create();
        using X509Certificate2 joined = await Host.EnrollNodeAsync(Node, key);
        await StopAsync();
        await PlaneRestore.RunAsync(Backup, State, null, replace: true, Time);
        await StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Host.EnrollAsync(unused, late));
        Assert.NotEmpty(await Host.Issuer().RenewAsync(Host.Trust, joined, key.CreateSigningRequest(), Cancel));
    }

    [Fact]
    public async Task Recover_FromTheKit_FoundsTheSamePlaneAndItsMachinesRenew()
    {
        using MachineKey key = MachineKey.Create();
        using X509Certificate2 joined = await Host.EnrollNodeAsync(Node, key);
        string plane = Host.Trust.Plane;
        string file = Path.Combine(Folder, "plane.kit");
        await KitAsync(file);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var wrong = await Assert.ThrowsAsync<BackupException>(() => KitFile.ReadAsync(file, "correct horse battery stable"));
        Assert.Contains("passphrase", wrong.Message, StringComparison.Ordinal);
        KitContent kit = await KitFile.ReadAsync(file, Passphrase);
        Assert.Equal([Node], kit.Nodes);

        await StopAsync();
        foreach (string lost in (string[])["identity", "secretstore", "placement", "bootstrap"]) Directory.Delete(Path.Combine(Folder, lost), recursive: true);
        File.Delete(State.IdentityKek);
        File.Delete(State.SecretStoreKek);
        await PlaneRestore.RecoverAsync(kit, null, State, replace: false, Time);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(State.Authority));
        await StartAsync();

        Assert.Equal(plane, Host.Trust.Plane);
        Assert.False(File.Exists(State.Authority));
        Assert.NotEmpty(await Host.Issuer().RenewAsync(Host.Trust, joined, key.CreateSigningRequest(), Cancel));
        Recovery recovery = _placement.Current.Read<Recovery>(new("Recovery", Recovery.Key))!;
        Assert.Equal((RecoveryOrigin.Clusters, true), (recovery.Origin, recovery.Adopt));
        Assert.Equal([Node], recovery.Awaited);
    }

    [Fact]
    public async Task Backup_AndKit_AreThePlatformAdministratorsAlone()
    {
        string tenant = await Host.PrincipalAsync("shop", "boss", "admin");
        using HttpResponseMessage key = await Host.SendAsync(HttpMethod.Post, "/v1/backups", tenant);
        using HttpResponseMessage copy = await _secrets.SendAsync(HttpMethod.Get, "/v1/backups/secretstore", tenant);
        using HttpResponseMessage kit = await Host.SendAsync(HttpMethod.Post, "/v1/kits", tenant, new KitRequest([1]));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (key.StatusCode, copy.StatusCode, kit.StatusCode));
        using HttpResponseMessage noKey = await Host.SendAsync(HttpMethod.Post, "/v1/kits", _admin, new KitRequest([1, 2, 3]));
        Assert.Equal(HttpStatusCode.BadRequest, noKey.StatusCode);
    }

    private async Task<int> WriteAsync(TaskCompletionSource flowing, CancellationToken end)
    {
        int written = 0;
        for (; !end.IsCancellationRequested; written++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"w{written:D4}");
            using HttpResponseMessage config = await _secrets.SendAsync(HttpMethod.Put, $"/v1/namespaces/default/configs/{name}?tenant=default", _admin, JsonContent.Create(new
            {
                apiVersion = "federation/v1",
                kind = "Config",
                metadata = new { name },
                spec = new { data = new Dictionary<string, string> { ["file"] = $"value of {name}" } },
            }));
            Assert.True(config.IsSuccessStatusCode, await config.Content.ReadAsStringAsync(Cancel));
            var order = new Assignment
            {
                Id = new($"uid-{name}.eu-cloud.n1"),
                Workload = new(new("default"), "default", name),
                WorkloadUid = $"uid-{name}",
                Cluster = Node.Cluster,
                Node = Node.Node,
                Replicas = 1,
                Generation = 1,
                Revision = new("r1"),
                Template = new WorkloadTemplate { Configs = [new FileReference { Name = name, Version = 1 }] },
            };
            await _placement.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Of(new("Assignment", order.Id.Value), order), new(new("Note", name), "{}"u8.ToArray())] }, Cancel);
            if (written == 5) flowing.TrySetResult();
        }
        return written;
    }

    private async Task<BackupContent> TakeAsync()
    {
        using HttpResponseMessage reply = await Host.SendAsync(HttpMethod.Post, "/v1/backups", _admin);
        BackupKeyReply key = (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<BackupKeyReply>(DomainJson.Options, Cancel))!;
        using var placement = new MemoryStream();
        await StoreCopy.WriteAsync(placement, "placement", _placement, Cancel);
        placement.Position = 0;
        BackupContent content = BackupContent.Of(key.Plane, key.TakenAt,
            await StoreCopy.ReadAsync(placement, Cancel), await CopyAsync(_secrets.Http, "secretstore"), await CopyAsync(Host.Http, "identity"));
        await BackupFile.WriteAsync(Backup, new BackupHeader(key.Plane, key.TakenAt, new WrappedDataKey(key.WrappingId, BackupSeal.Scope, key.WrappingKekId, key.WrappingSealed), key.SealedKey), key.Key, content);
        return content;
    }

    private async Task<StoreCopy> CopyAsync(HttpClient http, string service)
    {
        using HttpResponseMessage reply = await IdentityHost.SendAsync(http, HttpMethod.Get, $"/v1/backups/{service}", _admin);
        await using Stream body = await reply.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(Cancel);
        return await StoreCopy.ReadAsync(body, Cancel);
    }

    private async Task KitAsync(string file)
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var request = new KitRequest(recipient.ExportSubjectPublicKeyInfo());
        using HttpResponseMessage identity = await Host.SendAsync(HttpMethod.Post, "/v1/kits", _admin, request);
        using HttpResponseMessage secrets = await _secrets.SendAsync(HttpMethod.Post, "/v1/kits/secretstore", _admin, request);
        KitReply first = (await identity.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<KitReply>(Cancel))!, second = (await secrets.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<KitReply>(Cancel))!;
        KitPart part = JsonSerializer.Deserialize<KitPart>(SealedBox.Open(recipient, first.Box, KitReply.IdentityPurpose), DomainJson.Options)!;
        byte[] keys = SealedBox.Open(recipient, second.Box, KitReply.SecretStorePurpose);
        await KitFile.WriteAsync(file, new KitContent(part.Plane, Time.GetUtcNow(), part.AuthorityCertificate, part.AuthorityKey, part.Keys, keys, [.. part.Nodes.Select(NodeKey.Parse)]), Passphrase);
    }

    private KitContent OtherKit()
    {
        using KeyRing ring = KeyRing.Create(Path.Combine(Folder, $"other-keys-{Directory.GetFiles(Folder, "other-keys-*").Length}"));
        return new KitContent("pother", Time.GetUtcNow(), [1], [1], ring.Export(), ring.Export(), []);
    }

    private async Task RefusedAsync(byte[] content, string pattern)
    {
        await File.WriteAllBytesAsync(Backup, content, Cancel);
        var refused = await Assert.ThrowsAsync<BackupException>(() => PlaneRestore.RunAsync(Backup, State, null, replace: true, Time));
        Assert.Matches(pattern, refused.Message);
    }

    private async Task StopAsync()
    {
        await _secrets.DisposeAsync();
        await _placement.DisposeAsync();
        await Host.DisposeAsync();
    }

    private async Task StartAsync()
    {
        await StartHostAsync();
        _secrets = await SecretStoreHost.StartAsync(Host);
        _placement = await SqliteStore.OpenAsync(State.Placement, cancellationToken: Cancel);
        _admin = await Host.AdminTokenAsync();
    }
}
