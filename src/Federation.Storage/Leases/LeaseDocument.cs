namespace Federation.Storage.Leases;

/// <summary>The durable part of a lease. It holds no time: what is left of a lease is only in its judge's head.</summary>
internal sealed record LeaseDocument(string? Holder, long Term, TimeSpan Duration);
