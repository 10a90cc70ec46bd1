using Federation.Adapters.Images;
using Federation.Engine.Images;

namespace Federation.Adapters.Node.Containers;

/// <summary>The machine's own logins for registries, in the file that <c>docker login</c> writes (<c>config.json</c>), read anew for each pull.</summary>
/// <param name="path">The file.</param>
public sealed class RegistryLogins(string path)
{
    /// <summary>Finds the login for an image; null if the file has none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public RegistryLogin? Find(ImageReference image)
    {
        try
        {
            return RegistryLoginFile.Find(File.ReadAllBytes(path), image.Registry, image.Path);
        }
        catch (Exception e) when (e is FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"the registry logins in {path} cannot be read: {e.Message}");
        }
    }
}
