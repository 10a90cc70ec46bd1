using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Images;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// The material of an order: one immutable ConfigMap and one immutable Secret for the files of a version of each, named by the versions in them, so that a new version
/// is a new object that the pods are moved to; and one for each Config or Secret that carried fields name, or that images are fetched with, with its own keys. They are of what
/// runs the pods, and go with it.
/// </summary>
internal sealed class MaterialForm
{
    /// <summary>Where files lie inside a container.</summary>
    public const string Home = "/run/federation";

    private MaterialForm(string configs, string secrets, IReadOnlyList<MaterialFile> files, IReadOnlyList<HandedMaterial> handed)
    {
        ConfigMap = configs;
        Secret = secrets;
        Files = files;
        Handed = handed;
    }

    /// <summary>The name of the files' ConfigMap; there is none without files in it.</summary>
    public string ConfigMap { get; }

    /// <summary>The name of the files' Secret; there is none without files in it.</summary>
    public string Secret { get; }

    /// <summary>The files.</summary>
    public IReadOnlyList<MaterialFile> Files { get; }

    /// <summary>What carried fields may name.</summary>
    public IReadOnlyList<HandedMaterial> Handed { get; }

    /// <summary>Whether nothing is needed.</summary>
    public bool IsEmpty => Files.Count == 0 && Handed.Count == 0;

    /// <summary>Lists an order's material; null with the rule that refuses.</summary>
    /// <param name="names">How objects are named.</param>
    /// <param name="owner">The name of what runs the pods.</param>
    /// <param name="desired">The order with its material.</param>
    /// <param name="opener">Opens it.</param>
    /// <param name="refusal">Why it cannot be listed.</param>
    public static MaterialForm? TryMake(KubernetesNames names, string owner, DesiredAssignment desired, IMaterialOpener opener, out string? refusal)
    {
        var files = new List<MaterialFile>();
        var handed = new List<HandedMaterial>();
        string content = "";
        WorkloadTemplate template = desired.Assignment.Template;
        bool lasts = WorkloadKind.Of(template) is var kind && (kind == ApiResource.StatefulSets || kind == ApiResource.CronJobs);
        refusal = AddPulls() ?? Add("Config", "configs", template.Configs) ?? Add("Secret", "secrets", template.Secrets);
        return refusal is null ? new MaterialForm(names.Material(owner, "configs", content), names.Material(owner, "secrets", content), files, handed) : null;

        string? AddPulls()
        {
            foreach (string name in template.ImagePullSecrets ?? [])
            {
                if (PullSecrets.Of(name, desired.Material) is not { } found) return $"the Secret {name} did not come with the order";
                if (Keys(opener, found, out string? rule) is not { } keys) return rule;
                if (PullSecrets.KeyOf(keys) is not { } key) return PullSecrets.WithoutLogins(found);
                handed.Add(new HandedMaterial(true, found, names.Material(owner, "logins", Version(found)), key));
            }
            return null;
        }

        string? Add(string kind, string folder, IReadOnlyList<FileReference>? references)
        {
            foreach (FileReference reference in references ?? [])
            {
                if (ImagePulls.IsForImage(template, reference)) continue;
                SealedFiles? found = desired.Material.FirstOrDefault(one => one.Kind == kind && one.Name == reference.Name && (reference.Version is not { } version || one.Version == version));
                if (found is null) return $"the {kind} {reference.Name} did not come with the order";
                string path = reference.Path ?? $"{folder}/{reference.Name}";
                if (path.Split('/').Contains("..")) return $"the path {reference.Path} of the {kind} {reference.Name} leaves the replica's folder";
                string version = Version(found);
                if (reference.Files is { Count: 0 })
                {
                    handed.Add(new HandedMaterial(kind == "Secret", found, names.Material(owner, "handed", version), null));
                    continue;
                }
                content += version;
                if (Keys(opener, found, out string? rule) is not { } keys) return rule;
                int first = files.Count;
                foreach (FileTarget single in reference.Files ?? [])
                {
                    string? key = single.Key ?? (keys.Length == 1 ? keys[0] : null);
                    if (key is null || !keys.Contains(key, StringComparer.Ordinal))
                        return key is null ? $"the {kind} {found.Name} has {keys.Length} keys: the file at {single.Path} must say which it is" : $"the {kind} {found.Name} has no key '{key}', which is to lie at {single.Path}";
                    if (single.Mode is { } mode && MountForm.ModeOf(mode) is not (>= 0 and <= 511)) return $"the mode {mode} of the file at {single.Path} lies not between 0 and 0777";
                    if (single.User is not (null or "0") || single.Group is not (null or "0")) return $"the file at {single.Path} is to belong to another than root, which Kubernetes does not do: leave user and group out";
                    files.Add(new MaterialFile(kind == "Secret", Key(files.Count), single.Path, found, key, single.Mode));
                }
                // They never change: another choice of the keys is another object, as another version is. What is of one revision alone has a name of its own for each choice already.
                IEnumerable<string> chosen = files.Skip(first).Select(static file => file.Name);
                if (lasts && reference.Files is not null && !chosen.SequenceEqual(keys)) content += string.Concat(chosen.Select(static key => $"{key}\n"));
                if (reference.Files is not null) continue;
                foreach (string key in keys)
                    files.Add(new MaterialFile(kind == "Secret", Key(files.Count), path.StartsWith('/') ? $"{path.TrimEnd('/')}/{key}" : $"{Home}/{path.TrimEnd('/')}/{key}", found, key, null));
            }
            return null;
        }
    }

    /// <summary>The object that stands for a Config or Secret in carried fields; null where none was handed over.</summary>
    public string? NameOf(bool secret, string name) => Handed.FirstOrDefault(one => one.IsSecret == secret && one.Files.Name == name)?.Object;

    /// <summary>The objects whose logins images are fetched with, in their order.</summary>
    public IEnumerable<string> Logins => Handed.Where(static one => one.LoginKey is not null).Select(static one => one.Object);

    /// <summary>The objects, one after the other, each with its content; null in place of one, with the rule that refuses. What is secret is opened for each alone.</summary>
    public IEnumerable<(ApiResource Resource, string Name, JsonObject? Content, string? Refusal)> Objects(IMaterialOpener opener)
    {
        foreach (bool secret in new[] { false, true })
        {
            ApiResource resource = secret ? ApiResource.Secrets : ApiResource.ConfigMaps;
            if (Files.Any(file => file.IsSecret == secret))
            {
                JsonObject? content = FilesContent(secret, opener, out string? refusal);
                yield return (resource, secret ? Secret : ConfigMap, content, refusal);
            }
            foreach (HandedMaterial one in Handed.Where(one => one.IsSecret == secret))
            {
                JsonObject? content = one.Content(opener, out string? refusal);
                yield return (resource, one.Object, content, refusal);
            }
        }
    }

    /// <summary>One of them whole: it never changes, since each version is an object of its own.</summary>
    public static JsonObject Object(KubernetesNames names, ApiResource resource, string space, string name, JsonObject content)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = space, ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner() } };
        var body = new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = metadata, ["immutable"] = true };
        foreach ((string member, JsonNode? data) in content) body[member] = data?.DeepClone();
        return body;
    }

    private JsonObject? FilesContent(bool secrets, IMaterialOpener opener, out string? refusal)
    {
        refusal = null;
        var data = new JsonObject();
        foreach (MaterialFile file in Files)
        {
            if (file.IsSecret != secrets) continue;
            if (Open(opener, file.Files, out refusal) is not { } opened) return null;
            if (opened.TryGetValue(file.Name, out byte[]? content)) data[file.Key] = Convert.ToBase64String(content);
            foreach (byte[] bytes in opened.Values) CryptographicOperations.ZeroMemory(bytes);
            if (content is null)
            {
                refusal = $"version {file.Files.Version} of the {file.Files.Kind} {file.Files.Name} has no key '{file.Name}'";
                return null;
            }
        }
        return new JsonObject { [secrets ? "data" : "binaryData"] = data };
    }

    private static string Version(SealedFiles files) => string.Create(CultureInfo.InvariantCulture, $"{files.Kind}/{files.Name}/{files.Version}\n");

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"file-{number}");

    private static string[]? Keys(IMaterialOpener opener, SealedFiles found, out string? refusal)
    {
        if (Open(opener, found, out refusal) is not { } opened) return null;
        foreach (byte[] content in opened.Values) CryptographicOperations.ZeroMemory(content);
        foreach (string key in opened.Keys)
        {
            if (key is not ("" or "." or "..") && !key.Contains('/', StringComparison.Ordinal) && !key.Contains('\0', StringComparison.Ordinal)) continue;
            refusal = $"the key '{key}' of the {found.Kind} {found.Name} cannot be a file's name";
            return null;
        }
        return [.. opened.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Opens one; the caller clears it. Null with the rule that refuses.</summary>
    public static IReadOnlyDictionary<string, byte[]>? Open(IMaterialOpener opener, SealedFiles files, out string? refusal)
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

/// <summary>One file.</summary>
/// <param name="IsSecret">Whether it is of a Secret.</param>
/// <param name="Key">Its key in the object.</param>
/// <param name="Target">Its path in the container.</param>
/// <param name="Files">Where it comes from.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Mode">Its rights in octal; the usual ones if null.</param>
internal sealed record MaterialFile(bool IsSecret, string Key, string Target, SealedFiles Files, string Name, string? Mode);

/// <summary>A Config or Secret that carried fields name, or that images are fetched with, as an object with the same keys.</summary>
/// <param name="IsSecret">Which of the two.</param>
/// <param name="Files">It.</param>
/// <param name="Object">The object's name.</param>
/// <param name="LoginKey">The key with its logins for registries; null where it is not for them.</param>
internal sealed record HandedMaterial(bool IsSecret, SealedFiles Files, string Object, string? LoginKey)
{
    // https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets
    private const string NewKey = ".dockerconfigjson", OldKey = ".dockercfg";

    /// <summary>The object's data; null with the rule that refuses.</summary>
    public JsonObject? Content(IMaterialOpener opener, out string? refusal)
    {
        if (MaterialForm.Open(opener, Files, out refusal) is not { } opened) return null;
        JsonObject texts = [], bytes = [];
        foreach ((string key, byte[] content) in opened)
        {
            // Variables are read from a ConfigMap's texts alone.
            if (!IsSecret && IsText(content)) texts[key] = Encoding.UTF8.GetString(content);
            else
            {
                bytes[key] = Convert.ToBase64String(content);
                // Under the name that a kubelet looks for as well.
                if (LoginKey is not (null or OldKey) && key == LoginKey) bytes[NewKey] = Convert.ToBase64String(content);
            }
            CryptographicOperations.ZeroMemory(content);
        }
        var data = new JsonObject();
        if (LoginKey is not null) data["type"] = LoginKey == OldKey ? "kubernetes.io/dockercfg" : "kubernetes.io/dockerconfigjson";
        if (IsSecret) data["data"] = bytes;
        else
        {
            if (texts.Count > 0) data["data"] = texts;
            if (bytes.Count > 0) data["binaryData"] = bytes;
        }
        return data;
    }

    private static bool IsText(byte[] content) => System.Text.Unicode.Utf8.IsValid(content);
}
