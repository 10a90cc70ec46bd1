using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Naming;

/// <summary>Names in a swarm: the same for the same thing, another for another, readable, and at most 63 characters.</summary>
internal sealed class SwarmNames(string plane, ClusterId cluster)
{
    private const int MostReadable = 40;
    private const int HashDigits = 20;

    /// <summary>Of the service that runs one revision of a workload.</summary>
    public string Service(AssignmentId assignment, TemplateRevision revision, WorkloadKey workload) =>
        Make($"{workload.Namespace}-{workload.Name}", ["service", assignment.Value, revision.Value]);

    /// <summary>Of one file of a config's or secret's version.</summary>
    public string File(WorkloadKey workload, SealedFiles files, string key) =>
        Make($"{workload.Namespace}-{files.Name}", [files.Kind, workload.Tenant.Value, workload.Namespace, files.Name, files.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), key]);

    /// <summary>Of the overlay network of a namespace.</summary>
    public string Network(TenantId tenant, string room) => Make($"{tenant.Value}-{room}", ["network", tenant.Value, room]);

    /// <summary>Of a network that workloads of a namespace name themselves.</summary>
    public string Network(TenantId tenant, string room, string network) => Make($"{room}-{network}", ["network", tenant.Value, room, network]);

    /// <summary>Of a volume, on the machine that holds it, and of the config that says which that is.</summary>
    public string Volume(TenantId tenant, string room, string volume) => Make($"{room}-{volume}", ["volume", tenant.Value, room, volume]);

    /// <summary>Of the config whose label is the term.</summary>
    public string Ledger() => Make("federation-term", ["term"]);

    // Each part goes in with its length: no two lists of parts look the same.
    private string Make(string readable, ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, plane);
        Append(hash, cluster.Value);
        foreach (string part in parts) Append(hash, part);
        string digits = Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
        return $"{(readable.Length > MostReadable ? readable[..MostReadable] : readable)}-{digits}";
    }

    private static void Append(IncrementalHash hash, string part)
    {
        Span<byte> length = stackalloc byte[4];
        byte[] bytes = Encoding.UTF8.GetBytes(part);
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
