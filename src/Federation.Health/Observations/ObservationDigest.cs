using System.Security.Cryptography;
using System.Text;
using Federation.Domain.Identifiers;

namespace Federation.Health.Observations;

/// <summary>The digest by which a full set proves that nothing was lost from it.</summary>
public static class ObservationDigest
{
    /// <summary>SHA-256 over the replicas' ids in ordinal order, each followed by a newline, as UTF-8.</summary>
    public static byte[] Compute(IEnumerable<ReplicaId> replicas)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReplicaId id in replicas.Order())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(id.Value));
            hash.AppendData("\n"u8);
        }
        return hash.GetHashAndReset();
    }
}
