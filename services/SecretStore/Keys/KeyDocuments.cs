using Federation.Domain.Identifiers;
using Federation.Storage;

namespace Federation.SecretStore.Keys;

/// <summary>Which key-encryption key wraps now. New data keys are conditional on it, so that none is wrapped with a key that a rotation is about to drop.</summary>
internal sealed record WrappingKey(string KekId)
{
    public static DocumentKey Address { get; } = new("WrappingKey", "current");
}

/// <summary>A tenant's current data key.</summary>
internal sealed record TenantKey(string DataKeyId)
{
    public const string Kind = "TenantKey";

    public static DocumentKey AddressOf(TenantId tenant) => new(Kind, tenant.Value);

    /// <summary>The address of a wrapped data key.</summary>
    public static DocumentKey AddressOf(string tenant, string dataKeyId) => new("DataKey", $"{tenant}/{dataKeyId}");
}
