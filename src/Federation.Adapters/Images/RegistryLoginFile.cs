using System.IO.Enumeration;
using System.Text;
using System.Text.Json;

namespace Federation.Adapters.Images;

/// <summary>
/// Logins for registries as <c>docker login</c> writes them (<c>config.json</c>) and Secrets of Kubernetes hold them. A login's name is a registry, which may have
/// <c>*</c> in its parts and a path behind it; the longest path that leads to the image's is taken, as the kubelet takes it. Credential helpers are not run.
/// </summary>
public static class RegistryLoginFile
{
    // What the docker command calls the default registry, beside its own name.
    private static readonly string[] Defaults = ["docker.io", "index.docker.io", "registry-1.docker.io"];

    /// <summary>Finds the login for an image; null if the file has none.</summary>
    /// <param name="file">The file's content.</param>
    /// <param name="registry">The image's registry, <c>docker.io</c> where it names none.</param>
    /// <param name="path">What the image is called there, without tag and digest.</param>
    /// <exception cref="FormatException">It is no such file. Its content is in no message.</exception>
    public static RegistryLogin? Find(ReadOnlyMemory<byte> file, string registry, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(file);
            // The older .dockercfg is the mapping alone.
            JsonElement logins = document.RootElement.TryGetProperty("auths", out JsonElement auths) ? auths : document.RootElement;
            RegistryLogin? best = null;
            int length = -1;
            foreach (JsonProperty login in logins.EnumerateObject())
            {
                if (login.Value.ValueKind != JsonValueKind.Object || Matching(login.Name, registry, path) is not { } matching || matching <= length || Read(login) is not { } read) continue;
                (best, length) = (read, matching);
            }
            return best;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new FormatException("it is no file as 'docker login' writes it");
        }
    }

    private static RegistryLogin? Read(JsonProperty login)
    {
        string? Text(string name) => login.Value.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

        if (Text("identitytoken") is { Length: > 0 } token) return new("", "", token);
        if (Text("auth") is { Length: > 0 } auth)
        {
            // Some write it without its padding.
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth.PadRight((auth.Length + 3) / 4 * 4, '=')));
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? throw new FormatException() : new(pair[..colon], pair[(colon + 1)..].TrimEnd('\0'), null);
        }
        return Text("username") is { Length: > 0 } user && Text("password") is { } password ? new(user, password, null) : null;
    }

    // How long the path is that a login is for, if it is for this image.
    private static int? Matching(string name, string registry, string path)
    {
        int scheme = name.IndexOf("://", StringComparison.Ordinal);
        string bare = scheme < 0 ? name : name[(scheme + 3)..];
        int slash = bare.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? bare : bare[..slash], prefix = slash < 0 ? "" : bare[(slash + 1)..].TrimEnd('/');
        // What the interface of a registry is called.
        if (prefix is "v1" or "v2") prefix = "";
        if (!IsSameHost(OneName(host), OneName(registry))) return null;
        return prefix.Length == 0 || path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal) ? prefix.Length : null;
    }

    private static string OneName(string host) => Defaults.Contains(host, StringComparer.OrdinalIgnoreCase) ? Defaults[0] : host;

    private static bool IsSameHost(string pattern, string host)
    {
        string[] wanted = pattern.Split('.'), parts = host.Split('.');
        return wanted.Length == parts.Length && wanted.Zip(parts).All(static pair => FileSystemName.MatchesSimpleExpression(pair.First, pair.Second));
    }
}
