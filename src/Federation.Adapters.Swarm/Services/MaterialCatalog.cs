using System.Security.Cryptography;
using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>
/// Which files an order needs in the swarm, and under which names. Each version of a Config or Secret has names of its own, since a swarm's files never
/// change: a new version is a new file, and the old one goes when no service uses it. The names of the keys are kept, never their content.
/// </summary>
internal sealed class MaterialCatalog(IMaterialOpener opener)
{
    private readonly object _gate = new();
    private readonly Dictionary<(string Owner, string Kind, string Name, int Version), string[]> _keys = [];

    /// <summary>Lists an order's files; null with the rule that refuses.</summary>
    public IReadOnlyList<MaterialFile>? FilesOf(SwarmNames names, DesiredAssignment desired, out string? refusal)
    {
        WorkloadTemplate template = desired.Assignment.Template;
        var files = new List<MaterialFile>();
        refusal = Add("Config", "configs", template.Configs) ?? Add("Secret", "secrets", template.Secrets);
        return refusal is null ? files : null;

        string? Add(string kind, string folder, IReadOnlyList<FileReference>? references)
        {
            foreach (FileReference reference in references ?? [])
            {
                if (ImagePulls.IsForImage(template, reference)) continue;
                SealedFiles? sealedFiles = desired.Material.FirstOrDefault(one => one.Kind == kind && one.Name == reference.Name && (reference.Version is not { } version || one.Version == version));
                if (sealedFiles is null) return $"the {kind} {reference.Name} did not come with the order";
                string path = reference.Path ?? $"{folder}/{reference.Name}";
                if (path.Split('/').Contains("..")) return $"the path {reference.Path} of the {kind} {reference.Name} leaves the replica's folder";
                if (KeysOf(desired.Assignment, sealedFiles, out string? rule) is not { } keys) return rule;
                foreach (FileTarget single in reference.Files ?? [])
                {
                    string? key = single.Key ?? (keys.Length == 1 ? keys[0] : null);
                    if (key is null || !keys.Contains(key))
                        return key is null ? $"{ServiceForm.Show(sealedFiles)} has {keys.Length} keys: the file at {single.Path} must say which it is" : $"{ServiceForm.Show(sealedFiles)} has no key '{key}', which is to lie at {single.Path}";
                    if (single.Mode is { } mode && OctalMode.Read(mode) is null) return $"the mode {mode} of the file at {single.Path} is no octal number";
                    files.Add(new MaterialFile(sealedFiles, key, names.File(desired.Assignment.Workload, sealedFiles, key), single.Path) { Placing = single });
                }
                if (reference.Files is { Count: > 0 }) continue;
                foreach (string key in keys)
                {
                    string target = path.StartsWith('/') ? $"{path.TrimEnd('/')}/{key}" : $"{ServiceForm.Home}/{path.TrimEnd('/')}/{key}";
                    files.Add(new MaterialFile(sealedFiles, key, names.File(desired.Assignment.Workload, sealedFiles, key), target));
                }
            }
            return null;
        }
    }

    /// <summary>Opens one file; the caller clears it. Null with the rule that refuses.</summary>
    public byte[]? Open(MaterialFile file, out string? refusal)
    {
        IReadOnlyDictionary<string, byte[]>? opened = TryOpen(file.Files, out refusal);
        if (opened is null) return null;
        byte[]? content = null;
        foreach ((string key, byte[] bytes) in opened)
        {
            if (key == file.Key) content = bytes;
            else CryptographicOperations.ZeroMemory(bytes);
        }
        if (content is null) refusal = $"{ServiceForm.Show(file.Files)} has no key '{file.Key}'";
        return content;
    }

    private string[]? KeysOf(Assignment order, SealedFiles files, out string? refusal)
    {
        refusal = null;
        var known = ($"{order.Workload.Tenant.Value}/{order.Workload.Namespace}", files.Kind, files.Name, files.Version);
        lock (_gate)
            if (_keys.TryGetValue(known, out string[]? keys)) return keys;
        if (TryOpen(files, out refusal) is not { } opened) return null;
        foreach (byte[] bytes in opened.Values) CryptographicOperations.ZeroMemory(bytes);
        string[] found = [.. opened.Keys.Order(StringComparer.Ordinal)];
        foreach (string key in found)
        {
            if (key is not ("" or "." or "..") && !key.Contains('/') && !key.Contains('\0')) continue;
            refusal = $"the key '{key}' of the {files.Kind} {files.Name} cannot be a file's name";
            return null;
        }
        lock (_gate) return _keys[known] = found;
    }

    private IReadOnlyDictionary<string, byte[]>? TryOpen(SealedFiles files, out string? refusal)
    {
        try
        {
            refusal = null;
            return opener.Open(files);
        }
        catch (CryptographicException e)
        {
            refusal = $"{ServiceForm.Show(files)} cannot be opened here: {e.Message}";
            return null;
        }
    }
}
