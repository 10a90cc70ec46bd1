using System.Security.Cryptography;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Images;

/// <summary>The Secrets whose logins a template's image is fetched with.</summary>
public static class PullSecrets
{
    // As Kubernetes calls it, as the docker command does, and as it did.
    private static readonly string[] Keys = [".dockerconfigjson", "config.json", ".dockercfg"];

    /// <summary>Under which of a Secret's keys the logins are, the only one whatever it is called; null if under none.</summary>
    public static string? KeyOf(IReadOnlyCollection<string> keys) => Keys.FirstOrDefault(keys.Contains) ?? (keys.Count == 1 ? keys.First() : null);

    /// <summary>The rule that refuses a Secret without them.</summary>
    public static string WithoutLogins(SealedFiles secret) => $"{Show(secret)} has none of the keys {string.Join(", ", Keys)}, and images are to be fetched with it";

    /// <summary>The first login that they have for the image, with the rule that refuses one of them; null if they have none.</summary>
    /// <param name="template">Names them.</param>
    /// <param name="material">What came with the order; null where nothing is held any more.</param>
    /// <param name="opener">Opens it.</param>
    /// <param name="registry">The image's registry.</param>
    /// <param name="path">What the image is called there.</param>
    /// <param name="refusal">Why one cannot be read.</param>
    public static RegistryLogin? Find(WorkloadTemplate template, IReadOnlyList<SealedFiles>? material, IMaterialOpener opener, string registry, string path, out string? refusal)
    {
        refusal = null;
        foreach (string name in material is null ? [] : template.ImagePullSecrets ?? [])
        {
            if (Of(name, material!) is not { } secret)
            {
                refusal = $"the Secret {name} did not come with the order";
                return null;
            }
            RegistryLogin? login = TryFind(secret, opener, registry, path, out refusal);
            if (login is not null || refusal is not null) return login;
        }
        return null;
    }

    /// <summary>The Secret of a name among an order's material.</summary>
    public static SealedFiles? Of(string name, IReadOnlyList<SealedFiles> material) => material.FirstOrDefault(one => one.Kind == "Secret" && one.Name == name);

    private static RegistryLogin? TryFind(SealedFiles secret, IMaterialOpener opener, string registry, string path, out string? refusal)
    {
        IReadOnlyDictionary<string, byte[]>? opened = null;
        try
        {
            opened = opener.Open(secret);
            refusal = null;
            if (KeyOf([.. opened.Keys]) is { } key) return RegistryLoginFile.Find(opened[key], registry, path);
            refusal = WithoutLogins(secret);
        }
        catch (CryptographicException e)
        {
            refusal = $"{Show(secret)} cannot be opened here: {e.Message}";
        }
        catch (FormatException e)
        {
            refusal = $"{Show(secret)} cannot be read: {e.Message}";
        }
        finally
        {
            foreach (byte[] content in opened?.Values ?? []) CryptographicOperations.ZeroMemory(content);
        }
        return null;
    }

    private static string Show(SealedFiles secret) => FormattableString.Invariant($"version {secret.Version} of the Secret {secret.Name}");
}
