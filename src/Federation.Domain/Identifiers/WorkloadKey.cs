using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>A workload's address: tenant, namespace and name.</summary>
/// <param name="Tenant">The owner.</param>
/// <param name="Namespace">The namespace inside the tenant.</param>
/// <param name="Name">The workload's name inside the namespace.</param>
[JsonConverter(typeof(StringValueConverter<WorkloadKey>))]
public readonly record struct WorkloadKey(TenantId Tenant, string Namespace, string Name) : IStringValue<WorkloadKey>, IComparable<WorkloadKey>
{
    /// <summary>Reads <c>tenant/namespace/name</c>.</summary>
    public static WorkloadKey Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 3
            ? new(TenantId.Parse(parts[0]), Identifiers.Name.Require(parts[1]), Identifiers.Name.Require(parts[2]))
            : throw new FormatException("a workload key is tenant/namespace/name");
    }

    /// <summary>Ordinal order of the text form.</summary>
    public int CompareTo(WorkloadKey other)
    {
        if (Tenant != other.Tenant) return TextOrder.OfFirstParts(Tenant.Value, other.Tenant.Value);
        return Namespace == other.Namespace ? string.CompareOrdinal(Name, other.Name) : TextOrder.OfFirstParts(Namespace, other.Namespace);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Tenant}/{Namespace}/{Name}";
}
