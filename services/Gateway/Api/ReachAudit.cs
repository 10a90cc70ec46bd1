using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Gateway.Forwarding;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;

namespace Federation.Gateway.Api;

/// <summary>
/// Puts on record who enters a replica, before anyone does: what cannot be recorded is not let through. The record says who and where, never what was said.
/// </summary>
/// <param name="append">Hands an entry to the service that keeps it; completes when it is durable.</param>
/// <param name="time">The clock of the patience.</param>
/// <param name="logger">Where it is told that an entry was not taken.</param>
public sealed partial class ReachAudit(Func<AuditEntry, CancellationToken, Task> append, TimeProvider time, ILogger<ReachAudit> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Records the call, or answers it with the reason why it is not let through.</summary>
    /// <returns>Whether it is on record.</returns>
    public async Task<bool> RecordAsync(HttpContext context, string action, string inNamespace, string workload, string detail)
    {
        Principal by = context.GetPrincipal();
        var entry = new AuditEntry { Tenant = by.Tenant.Value, Principal = by.Name, Action = action, Workload = $"{by.Tenant}/{inNamespace}/{workload}", Detail = detail };
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, limit.Token);
        try
        {
            await append(entry, either.Token);
            return true;
        }
        catch (Exception e) when (e is RpcException or StreamBrokenException or HttpRequestException or OperationCanceledException)
        {
            if (context.RequestAborted.IsCancellationRequested) return false;
            LogNotRecorded(logger, action, entry.Workload, e.Message);
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The audit record cannot be written",
                "placement keeps the record of who enters a replica, and it does not answer; nobody enters without one", retryAfterSeconds: 1);
            return false;
        }
    }

    [LoggerMessage(EventId = 4213, Level = LogLevel.Warning, Message = "A call to {Action} in {Workload} was refused: its audit record was not taken: {Reason}")]
    private static partial void LogNotRecorded(ILogger logger, string action, string workload, string reason);
}
