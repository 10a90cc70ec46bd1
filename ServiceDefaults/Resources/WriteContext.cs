using Federation.Domain.Identifiers;
using Federation.Storage;

namespace Federation.ServiceDefaults.Resources;

/// <summary>What a rule may look at while a write is decided.</summary>
/// <param name="Tenant">The tenant that the write is for.</param>
/// <param name="Writer">The principal's name.</param>
/// <param name="Snapshot">The store as it is now; the write is conditional on it.</param>
/// <param name="Now">The time, for people.</param>
public sealed record WriteContext(TenantId Tenant, string Writer, IStoreSnapshot Snapshot, DateTimeOffset Now);
