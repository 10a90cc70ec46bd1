using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Identifiers;

namespace Federation.Security.Principals;

/// <summary>A <see cref="Principals.Peer"/> of one plane, in the form its certificate carries it: one URI among the subject's alternative names.</summary>
/// <param name="Plane">The plane's id.</param>
/// <param name="Peer">Who.</param>
public sealed record PeerIdentity(string Plane, Peer Peer)
{
    /// <summary>The URI's scheme.</summary>
    public const string Scheme = "federation";

    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>The URI: <c>federation://PLANE/agent/CLUSTER/NODE</c> or <c>federation://PLANE/service/NAME</c>.</summary>
    public override string ToString() => Peer switch
    {
        Peer.Agent agent => $"{Scheme}://{Plane}/agent/{agent.Node.Cluster}/{agent.Node.Node}",
        Peer.Service service => $"{Scheme}://{Plane}/service/{service.Name}",
        _ => throw new InvalidOperationException($"no URI form for {Peer.GetType().Name}"),
    };

    /// <summary>Reads <see cref="ToString"/>'s form; every part must be a name, and nothing may follow.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PeerIdentity? identity)
    {
        identity = null;
        const string prefix = Scheme + "://";
        if (text is null || text.Length > 400 || !text.StartsWith(prefix, StringComparison.Ordinal)) return false;
        string[] parts = text[prefix.Length..].Split('/');
        foreach (string part in parts)
        {
            if (Name.Violation(part) is not null) return false;
        }
        identity = parts switch
        {
            [var plane, "agent", var cluster, var node] => new(plane, new Peer.Agent(new NodeKey(new ClusterId(cluster), new NodeId(node)))),
            [var plane, "service", var name] => new(plane, new Peer.Service(name)),
            _ => null,
        };
        return identity is not null;
    }

    /// <summary>Reads the identity a certificate claims: it must carry exactly one URI. Says nothing of who signed it: see <see cref="Authority.PlaneTrust"/>.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out PeerIdentity? identity)
    {
        identity = null;
        return SingleUri(certificate) is { } uri && TryParse(uri, out identity);
    }

    /// <summary>The one URI among the certificate's alternative names; null where there is none, or more than one.</summary>
    internal static string? SingleUri(X509Certificate2 certificate)
    {
        string? found = null;
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName) continue;
            try
            {
                AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(UriTag))
                    {
                        if (found is not null) return null;
                        found = names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag);
                    }
                    else
                    {
                        names.ReadEncodedValue();
                    }
                }
            }
            catch (AsnContentException)
            {
                return null;
            }
        }
        return found;
    }
}
