using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Grpc.Tests.Probes;

namespace Federation.Grpc.Tests.JavaScript;

/// <summary>Certificates as the JavaScript peer reads them.</summary>
internal static class TlsFolder
{
    public static string Create(string parent, TestAuthority authority, string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(parent, $"tls-{name}-{RandomNumberGenerator.GetHexString(8)}")).FullName;
        using X509Certificate2 leaf = authority.Issue(name);
        using ECDsa key = leaf.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.Pem);
        File.WriteAllText(Path.Combine(folder, "cert.pem"), leaf.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return folder;
    }
}
