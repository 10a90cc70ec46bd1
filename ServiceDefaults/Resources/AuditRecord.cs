namespace Federation.ServiceDefaults.Resources;

/// <summary>Who did what.</summary>
/// <param name="Time">When.</param>
/// <param name="Tenant">For which tenant.</param>
/// <param name="Principal">Who.</param>
/// <param name="Action">What was done.</param>
/// <param name="Target">To what, as <c>Kind:key</c>.</param>
/// <param name="Detail">Where exactly, if the target does not say it.</param>
public sealed record AuditRecord(DateTimeOffset Time, string Tenant, string Principal, string Action, string Target, string? Detail = null);
