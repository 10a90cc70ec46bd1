using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Naming;

/// <summary>Names in a cluster: the same for the same thing, another for another, readable, DNS labels, and short enough for the pods that are named after them.</summary>
internal sealed class KubernetesNames(string plane, ClusterId cluster)
{
    private const int MostReadable = 30;
    private const int HashDigits = 16;

    /// <summary>The mark of this plane and cluster.</summary>
    public string Owner() => Hash(["owner"]);

    /// <summary>Of the Deployment that runs one revision of a workload.</summary>
    public string Deployment(AssignmentId assignment, TemplateRevision revision, WorkloadKey workload) => Make(workload.Name, ["deployment", assignment.Value, revision.Value]);

    /// <summary>Of one of the Jobs that run one revision of a workload to its end.</summary>
    public string Job(AssignmentId assignment, TemplateRevision revision, WorkloadKey workload, int ordinal) =>
        Make(workload.Name, ["job", assignment.Value, revision.Value, ordinal.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Of the files that a Deployment needs.</summary>
    public string Material(string deployment, string kind, string content) => Make(deployment, ["material", kind, content]);

    /// <summary>Of what a manifest has declared beside a workload and for it alone.</summary>
    public string Beside(WorkloadKey workload, string kind, string name) => Make(name, ["beside", workload.Tenant.Value, workload.Namespace, workload.Name, kind, name]);

    /// <summary>Of the PodDisruptionBudget of a workload's pods.</summary>
    public string Budget(WorkloadKey workload) => Make(workload.Name, ["budget", workload.Tenant.Value, workload.Namespace, workload.Name]);

    /// <summary>Of the Service that gives a pod node ports.</summary>
    public string NodePort(WorkloadKey workload, string uid) => Make(workload.Name, ["node-port", uid]);

    /// <summary>The mark of a workload's pods, whatever their revision.</summary>
    public string Workload(WorkloadKey workload) => Hash(["workload", workload.Tenant.Value, workload.Namespace, workload.Name]);

    /// <summary>Of the Kubernetes namespace for a namespace of a tenant.</summary>
    public string Namespace(TenantId tenant, string room) => Make($"{tenant.Value}-{room}", ["namespace", tenant.Value, room]);

    /// <summary>Of the ConfigMap that holds the term.</summary>
    public string Ledger() => Make("federation-term", ["term"]);

    /// <summary>Of the ConfigMap that says which volumes of a namespace had claims.</summary>
    public string VolumeBook(TenantId tenant, string room) => Make("federation-volumes", ["volumes", tenant.Value, room]);

    private string Make(string readable, ReadOnlySpan<string> parts)
    {
        var label = new StringBuilder();
        foreach (char c in readable.ToLowerInvariant()) label.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        string text = label.ToString()[..Math.Min(label.Length, MostReadable)].Trim('-');
        // A Service's name begins with a letter.
        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text = "x" + text;
        return $"{text}-{Hash(parts)}";
    }

    // Each part goes in with its length: no two lists of parts look the same.
    private string Hash(ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, plane);
        Append(hash, cluster.Value);
        foreach (string part in parts) Append(hash, part);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
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
