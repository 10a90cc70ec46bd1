using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Workloads;

namespace Federation.Manifests.Compose.Rendering;

/// <content>Configs, secrets, volumes, folders of the machine, file systems in memory.</content>
internal sealed partial class ServiceWriter
{
    private const string Home = "/run/federation";

    private void WriteFiles()
    {
        Put("configs", References(false, "configs", "/", _template.Configs));
        Put("secrets", References(true, "secrets", "/run/secrets/", _template.Secrets));
    }

    private JsonArray? References(bool secret, string section, string folder, IReadOnlyList<FileReference>? references)
    {
        var list = new JsonArray();
        for (int i = 0; i < (references?.Count ?? 0); i++)
        {
            FileReference reference = references![i];
            string path = string.Create(CultureInfo.InvariantCulture, $"{Template}.{section}[{i}]");
            IReadOnlyList<string>? keys = _definitions.KeysOf(secret, reference.Name);
            if (reference.Version is not null) Say($"{path}.version", "a Compose file has no versions: it is the newest");
            if (reference.Files is null && _template.Image is null)
            {
                list.Add((JsonNode)_definitions.SourceOf(secret, reference.Name, keys?.FirstOrDefault()));
                continue;
            }
            // A folder of all keys is a file for each.
            FileTarget[] files = [.. reference.Files ?? (keys ?? [reference.Name]).Select(key => new FileTarget { Key = keys is null ? null : key, Path = Folder(reference, section) + "/" + key })];
            if (reference.Files is null && keys is null) Say(path, $"which keys it has is not known here: the file takes it for one, {reference.Name}");
            foreach (FileTarget file in files)
            {
                if (keys is null && file.Key is not null) Say($"{path}.files", $"a Compose file cannot say which key of a {(secret ? "secret" : "config")} it means: {file.Key} is taken to be the only one");
                string source = _definitions.SourceOf(secret, reference.Name, file.Key);
                var item = new JsonObject { ["source"] = source };
                if (file.Path != folder + source) item["target"] = file.Path;
                ComposeTexts.Put(item, "uid", file.User);
                ComposeTexts.Put(item, "gid", file.Group);
                ComposeTexts.Put(item, "mode", file.Mode);
                list.Add(item.Count == 1 ? (JsonNode)source : item);
            }
            if (reference.Files is { Count: 0 }) Say(path, "it is handed over to what Kubernetes alone knows, and lies at no path");
        }
        return list.Count > 0 ? list : null;
    }

    private static string Folder(FileReference reference, string section) =>
        (reference.Path ?? $"{section}/{reference.Name}") is var path && path.StartsWith('/') ? path.TrimEnd('/') : $"{Home}/{path.TrimEnd('/')}";

    private void WriteMounts()
    {
        var mounts = new JsonArray();
        for (int i = 0; i < (_template.Volumes?.Count ?? 0); i++)
        {
            VolumeReference volume = _template.Volumes![i];
            string source = _definitions.VolumeOf(volume.Name), target = volume.PathInside, path = string.Create(CultureInfo.InvariantCulture, $"{Template}.volumes[{i}]");
            bool known = _all.OfType<Domain.Volumes.Volume>().Any(one => one.Metadata.Name == volume.Name);
            if (!known && ((volume.EngineName ?? volume.Driver) is not null || volume.DriverOptions is { Count: > 0 })) Say($"{path}.engineName, driver, driverOptions", "the volume is not part of the input: the file has it as external, which has no driver");
            // A single letter before a colon would be taken for a drive.
            if (volume.SubPath is null && source.Length > 1)
            {
                string options = string.Join(',', ((string?[])[volume.ReadOnly ? "ro" : null, volume.NoCopy ? "nocopy" : null]).OfType<string>());
                mounts.Add((JsonNode)$"{source}:{target}{(options.Length > 0 ? ":" : "")}{options}");
                continue;
            }
            var mount = new JsonObject { ["type"] = "volume", ["source"] = source, ["target"] = target };
            if (volume.ReadOnly) mount["read_only"] = true;
            if (volume.NoCopy) ComposeTexts.Put(mount, "volume.nocopy", true);
            ComposeTexts.Put(mount, "volume.subpath", volume.SubPath);
            mounts.Add((JsonNode)mount);
        }
        foreach (BindMount bind in _container.Binds ?? [])
        {
            var mount = new JsonObject { ["type"] = bind.Pipe ? "npipe" : "bind", ["source"] = bind.Source, ["target"] = bind.Path };
            if (bind.ReadOnly) mount["read_only"] = true;
            ComposeTexts.Put(mount, "bind.propagation", bind.Propagation);
            if (bind.Create) ComposeTexts.Put(mount, "bind.create_host_path", true);
            ComposeTexts.Put(mount, "bind.recursive", bind.Recursive);
            ComposeTexts.Put(mount, "bind.selinux", bind.Selinux);
            mounts.Add((JsonNode)mount);
        }
        foreach (string folder in _container.Scratch ?? []) mounts.Add((JsonNode)new JsonObject { ["type"] = "volume", ["target"] = folder });
        if (mounts.Count > 0) Put("volumes", mounts);
        Put("tmpfs", ComposeTexts.List((_container.Tmpfs ?? []).Select(static tmpfs =>
        {
            string options = string.Join(',', ((string?[])[tmpfs.Size is { } size ? $"size={ComposeTexts.Size(size.Value)}" : null, tmpfs.Mode is { } mode ? $"mode={mode}" : null, .. tmpfs.Options ?? []]).OfType<string>());
            return options.Length > 0 ? $"{tmpfs.Path}:{options}" : tmpfs.Path;
        })));
    }
}
