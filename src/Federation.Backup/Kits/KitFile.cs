using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Backup.Sealing;
using Federation.Domain.Json;

namespace Federation.Backup.Kits;

/// <summary>
/// The offline kit: sealed with a passphrase alone, since it has to open where everything else is lost. PBKDF2-SHA256 with 600,000 rounds and a salt of
/// its own, then AES-256-GCM.
/// </summary>
public static class KitFile
{
    /// <summary>The shortest passphrase that a kit is sealed with.</summary>
    public const int LeastPassphrase = 12;

    private const string Line = "FEDERATION-KIT 1";
    private const int Rounds = 600_000;
    private const int MostRounds = 10_000_000;
    private const int SaltBytes = 16;
    private const int MaxContent = 4 * 1024 * 1024;

    /// <summary>Writes the kit, owner-only, whole or not at all.</summary>
    /// <exception cref="BackupException">The passphrase is too short.</exception>
    public static async Task WriteAsync(string path, KitContent content, string passphrase)
    {
        if (passphrase.Length < LeastPassphrase) throw new BackupException($"the passphrase has {passphrase.Length} characters, and a kit is sealed with at least {LeastPassphrase}", "whoever has the kit can guess for as long as they like: take several words");
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] key = Derive(passphrase, salt, Rounds);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(content, DomainJson.Options);
        try
        {
            await SealedFile.WriteAsync(path, Line, new Header(content.Plane, content.TakenAt, "PBKDF2-SHA256", Rounds, salt), key, async stream => await stream.WriteAsync(json));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens the kit.</summary>
    /// <exception cref="BackupException">It is no kit, was changed, or the passphrase is another.</exception>
    public static async Task<KitContent> ReadAsync(string path, string passphrase)
    {
        try
        {
            return await SealedFile.ReadAsync<Header, KitContent>(path, Line, header => Key(path, header, passphrase), async (_, stream) =>
            {
                using var content = new MemoryStream();
                byte[] buffer = new byte[16 * 1024];
                for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
                {
                    content.Write(buffer, 0, read);
                    if (content.Length > MaxContent) throw new InvalidDataException("it is larger than any kit");
                }
                CryptographicOperations.ZeroMemory(buffer);
                return JsonSerializer.Deserialize<KitContent>(content.GetBuffer().AsSpan(0, (int)content.Length), DomainJson.Options) ?? throw new InvalidDataException("it is empty");
            });
        }
        catch (BackupException e) when (e.Message.Contains("another key", StringComparison.Ordinal))
        {
            throw new BackupException($"{path} does not open: the passphrase is another one, or the kit was changed", "try the passphrase again", e);
        }
    }

    private static byte[] Key(string path, Header header, string passphrase)
    {
        if (header.Derivation != "PBKDF2-SHA256" || header.Rounds is < Rounds or > MostRounds || header.Salt.Length != SaltBytes)
            throw new BackupException($"{path} was changed: its key derivation is none that a kit has");
        return Derive(passphrase, header.Salt, header.Rounds);
    }

    private static byte[] Derive(string passphrase, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase.Normalize(NormalizationForm.FormC)), salt, rounds, HashAlgorithmName.SHA256, 32);

    private sealed record Header(string Plane, DateTimeOffset TakenAt, string Derivation, int Rounds, byte[] Salt);
}
