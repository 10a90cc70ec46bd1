using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// The files of an order: one immutable ConfigMap and one immutable Secret for each Deployment and content, named by the versions in them, so that a new version
/// is a new object that the pods are moved to. They are the Deployment's own and go with it.
/// </summary>
internal sealed class MaterialForm
{
    /// <summary>Where files lie inside a container.</summary>
    public const string Home = "/run/federation";

    private MaterialForm(string configs, string secrets, IReadOnlyList<(bool IsSecret, string Key, string Target, SealedFiles Files, string Name)> files)
    {
        ConfigMap = configs;
        Secret = secrets;
        Files = files;
    }

    /// <summary>The ConfigMap's name; there is none without files in it.</summary>
    public string ConfigMap { get; }

    /// <summary>The Secret's name; there is none without files in it.</summary>
    public string Secret { get; }

    /// <summary>The files: their keys in the object, their paths in the container, and where they come from.</summary>
    public IReadOnlyList<(bool IsSecret, string Key, string Target, SealedFiles Files, string Name)> Files { get; }

    /// <summary>Lists an order's files; null with the rule that refuses.</summary>
    public static MaterialForm? TryMake(KubernetesNames names, string deployment, DesiredAssignment desired, IMaterialOpener opener, out string? refusal)
    {
        var files = new List<(bool, string, string, SealedFiles, string)>();
        string versions = "";
        refusal = Add("Config", "configs", desired.Assignment.Template.Configs) ?? Add("Secret", "secrets", desired.Assignment.Template.Secrets);
        return refusal is null ? new MaterialForm(names.Material(deployment, "configs", versions), names.Material(deployment, "secrets", versions), files) : null;

        string? Add(string kind, string folder, IReadOnlyList<FileReference>? references)
        {
            foreach (FileReference reference in references ?? [])
            {
                SealedFiles? found = desired.Material.FirstOrDefault(one => one.Kind == kind && one.Name == reference.Name && (reference.Version is not { } version || one.Version == version));
                if (found is null) return $"the {kind} {reference.Name} did not come with the order";
                string path = reference.Path ?? $"{folder}/{reference.Name}";
                if (path.Split('/').Contains("..")) return $"the path {reference.Path} of the {kind} {reference.Name} leaves the replica's folder";
                versions += string.Create(CultureInfo.InvariantCulture, $"{kind}/{found.Name}/{found.Version}\n");
                if (Open(opener, found, out string? rule) is not { } opened) return rule;
                foreach ((string key, byte[] content) in opened.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
                {
                    CryptographicOperations.ZeroMemory(content);
                    if (key is "" or "." or ".." || key.Contains('/', StringComparison.Ordinal) || key.Contains('\0', StringComparison.Ordinal)) return $"the key '{key}' of the {kind} {found.Name} cannot be a file's name";
                    string target = path.StartsWith('/') ? $"{path.TrimEnd('/')}/{key}" : $"{Home}/{path.TrimEnd('/')}/{key}";
                    files.Add((kind == "Secret", string.Create(CultureInfo.InvariantCulture, $"file-{files.Count}"), target, found, key));
                }
            }
            return null;
        }
    }

    /// <summary>The content of the ConfigMap or the Secret, as its base64 members; null with the rule that refuses.</summary>
    public JsonObject? Content(bool secrets, IMaterialOpener opener, out string? refusal)
    {
        refusal = null;
        var data = new JsonObject();
        foreach ((bool isSecret, string key, string _, SealedFiles files, string name) in Files)
        {
            if (isSecret != secrets) continue;
            if (Open(opener, files, out refusal) is not { } opened) return null;
            if (opened.TryGetValue(name, out byte[]? content)) data[key] = Convert.ToBase64String(content);
            foreach (byte[] bytes in opened.Values) CryptographicOperations.ZeroMemory(bytes);
            if (content is null)
            {
                refusal = $"version {files.Version} of the {files.Kind} {files.Name} has no key '{name}'";
                return null;
            }
        }
        return data;
    }

    private static IReadOnlyDictionary<string, byte[]>? Open(IMaterialOpener opener, SealedFiles files, out string? refusal)
    {
        try
        {
            refusal = null;
            return opener.Open(files);
        }
        catch (CryptographicException e)
        {
            refusal = string.Create(CultureInfo.InvariantCulture, $"version {files.Version} of the {files.Kind} {files.Name} cannot be opened here: {e.Message}");
            return null;
        }
    }
}
