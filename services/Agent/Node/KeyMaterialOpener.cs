using System.Security.Cryptography;
using Federation.Adapters;
using Federation.Contracts.V1;
using Federation.Security.Enrollment;
using Federation.Security.Sealing;

namespace Federation.Agent.Node;

/// <summary>Opens material with the key of this machine's certificate.</summary>
internal sealed class KeyMaterialOpener(CertificateKeeper keeper) : IMaterialOpener
{
    public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files)
    {
        MachineKey key;
        try
        {
            key = keeper.Key;
        }
        catch (InvalidOperationException e)
        {
            throw new CryptographicException("this machine's key is not loaded yet", e);
        }
        byte[] content = key.Open(files.Box.Span, SealedBox.MaterialPurpose(files.Kind, files.Name, files.Version));
        try
        {
            return MaterialFiles.Parser.ParseFrom(content).Files.ToDictionary(static file => file.Key, static file => file.Value.ToByteArray());
        }
        catch (Google.Protobuf.InvalidProtocolBufferException e)
        {
            throw new CryptographicException("what was sealed is no set of files", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }
}
