using System.Text;
using System.Text.Json;
using Federation.Engine.Images;

namespace Federation.Adapters.Node.Containers;

/// <summary>
/// Credentials for registries in the file that <c>docker login</c> writes (<c>config.json</c>), read anew for each pull. Credential helpers are not run.
/// </summary>
/// <param name="path">The file.</param>
public sealed class RegistryLogins(string path)
{
    // What the docker command calls the default registry.
    private const string DefaultName = "https://index.docker.io/v1/";

    /// <summary>Finds the credentials for a registry; null if the file has none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public RegistryCredentials? Find(string registry)
    {
        try
        {
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!file.RootElement.TryGetProperty("auths", out JsonElement all)) return null;
            foreach (string name in registry == "docker.io" ? (string[])[DefaultName, "docker.io"] : [registry, "https://" + registry])
            {
                if (!all.TryGetProperty(name, out JsonElement entry) || !entry.TryGetProperty("auth", out JsonElement auth) || auth.GetString() is not { Length: > 0 } text) continue;
                string pair = Encoding.UTF8.GetString(Convert.FromBase64String(text));
                int colon = pair.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0) return new RegistryCredentials { UserName = pair[..colon], Password = pair[(colon + 1)..], Registry = name };
            }
            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or UnauthorizedAccessException)
        {
            // Its content is in no message.
            throw new IOException($"the registry logins in {path} cannot be read: {(e is UnauthorizedAccessException ? e.Message : "it is no file as 'docker login' writes it")}");
        }
    }
}
