using Federation.ServiceDefaults.Resources;
using Microsoft.Extensions.Configuration;

namespace Federation.ServiceDefaults.Trails;

/// <summary>How many records of a kind a store keeps of each tenant; the oldest go first.</summary>
/// <param name="Kind">The store's kind. Its keys begin with the tenant and sort by time.</param>
/// <param name="PerTenant">How many.</param>
public sealed record TrailBound(string Kind, int PerTenant)
{
    private const string Setting = "Federation:AuditRecordsPerTenant";
    private const int Default = 20_000;
    private const int Least = 1000;

    /// <summary>The bound of audit records, as the setting <c>Federation__AuditRecordsPerTenant</c> has it.</summary>
    /// <exception cref="InvalidOperationException">The setting is no number from 1000.</exception>
    public static TrailBound OfAudit(IConfiguration configuration)
    {
        int count = configuration.GetValue(Setting, Default);
        return count >= Least ? new(AuditTrail.Kind, count) : throw new InvalidOperationException($"Federation__AuditRecordsPerTenant is {count}; it is {Least} at least");
    }
}
