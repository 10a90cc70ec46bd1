using System.Text.Json;
using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.Storage;

namespace Federation.ServiceDefaults.Resources;

/// <summary>Who did what: written in the same transaction as what was done, names alone, never contents.</summary>
public static class AuditTrail
{
    /// <summary>The store's kind of audit records.</summary>
    public const string Kind = "AuditRecord";

    /// <summary>The write of one record, which sorts by tenant, then time.</summary>
    public static StoreWrite Record(WriteContext context, string action, DocumentKey target, IChance chance, string? detail = null) => new(
        new DocumentKey(Kind, $"{context.Tenant}/{context.Now.UtcTicks:D20}-{chance.NextUid()[..8]}"),
        JsonSerializer.SerializeToUtf8Bytes(new AuditRecord(context.Now, context.Tenant.Value, context.Writer, action, target.ToString(), detail), DomainJson.Options));
}
