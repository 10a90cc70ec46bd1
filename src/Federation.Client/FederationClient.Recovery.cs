using Federation.Client.Requests;
using Federation.Contracts.Api;

namespace Federation.Client;

public sealed partial class FederationClient
{
    /// <summary>Makes the key that one backup is sealed with.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public Task<BackupKeyReply> CreateBackupKeyAsync(CancellationToken ct = default) => PostAsync<BackupKeyReply>(ApiPath.Of("backups"), null, ct);

    /// <summary>All documents of a service's store at one revision, as they are sent: the caller reads the stream to its end.</summary>
    /// <param name="service"><c>placement</c>, <c>secretstore</c> or <c>identity</c>.</param>
    /// <param name="read">Reads the stream.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<T> CopyStoreAsync<T>(string service, Func<Stream, Task<T>> read, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, ApiPath.Of("backups", service), null, ct, stream: true);
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        return await read(body);
    }

    /// <summary>Identity's part of the offline kit, sealed to the key in the request.</summary>
    /// <param name="request">To whom it is sealed.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<KitReply> ExportIdentityForKitAsync(KitRequest request, CancellationToken ct = default) => PostAsync<KitReply>(ApiPath.Of("kits"), request, ct);

    /// <summary>SecretStore's part of the offline kit, sealed to the key in the request.</summary>
    /// <param name="request">To whom it is sealed.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<KitReply> ExportSecretStoreForKitAsync(KitRequest request, CancellationToken ct = default) => PostAsync<KitReply>(ApiPath.Of("kits", "secretstore"), request, ct);

    /// <summary>Treats a cluster as lost for a while.</summary>
    /// <param name="request">Which, and for how long.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<DrillView> BeginDrillAsync(DrillRequest request, CancellationToken ct = default) => PostAsync<DrillView>(ApiPath.Of("drills"), request, ct);

    /// <summary>The drills that go on and those that were, oldest first.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public Task<IReadOnlyList<DrillView>> DrillsAsync(CancellationToken ct = default) => GetItemsAsync<DrillView>(ApiPath.Of("drills"), ct);

    /// <summary>Ends a drill before its time.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<DrillView> StopDrillAsync(string id, CancellationToken ct = default) => PostAsync<DrillView>(ApiPath.Of("drills", id, "stop"), null, ct);

    /// <summary>How far a recovery of the plane is.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public Task<RecoveryView> RecoveryAsync(CancellationToken ct = default) => GetJsonAsync<RecoveryView>(ApiPath.Of("recovery"), ct);

    /// <summary>Ends a recovery: the plane decides again.</summary>
    /// <param name="request">What becomes of what the stores do not know.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<RecoveryView> FinishRecoveryAsync(FinishRecoveryRequest request, CancellationToken ct = default) =>
        PostAsync<RecoveryView>(ApiPath.Of("recovery", "finish"), request, ct);
}
