using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>What a pod's main container sees of files, of memory, of its machine, and of folders of its own. Pure.</summary>
internal static class MountForm
{
    private const string Configs = "federation-configs";
    private const string Secrets = "federation-secrets";

    /// <summary>What Kubernetes cannot mount; null if it can mount all.</summary>
    public static string? Violation(ContainerTemplate? container)
    {
        foreach (TmpfsMount tmpfs in container?.Tmpfs ?? [])
        {
            if (tmpfs.Options?.FirstOrDefault(static option => option != "rw") is { } option) return $"the file system in memory at {tmpfs.Path} has the mount option {option}, and Kubernetes takes its size alone";
            if (tmpfs.Mode is { } mode && ModeOf(mode) is not (511 or 1023)) return $"the file system in memory at {tmpfs.Path} is to have the mode {mode}, and in Kubernetes everyone may write to it: write 1777";
        }
        foreach (BindMount bind in container?.Binds ?? [])
        {
            if (bind.Pipe || bind.Recursive is not null)
                return $"the folder {bind.Source} is to be seen at {bind.Path} with {(bind.Pipe ? "pipe" : "recursive")}, which Kubernetes does not say to its nodes";
            if (bind.Propagation is { } word && PropagationOf(word) is null) return $"the folder {bind.Source} is to be seen at {bind.Path} with the propagation {word}; Kubernetes has rprivate, rslave and rshared";
        }
        return null;
    }

    /// <summary>The pod's volumes, and where its main container sees them.</summary>
    public static (JsonArray Volumes, JsonArray Mounts) Of(WorkloadTemplate template, MaterialForm material)
    {
        JsonArray volumes = [], mounts = [];
        ContainerTemplate? container = template.Container;
        // A pod has a claim once, however often it is mounted: with two volumes of one claim a kubelet may wait for ever.
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < (template.Volumes?.Count ?? 0); i++)
        {
            VolumeReference volume = template.Volumes![i];
            if (PathOf(template, volume) is not { } path) continue;
            var mount = new JsonObject { ["mountPath"] = path };
            if (volume.SubPath is { } part) mount["subPath"] = part;
            if (volume.ReadOnly) mount["readOnly"] = true;
            if (claims.TryGetValue(volume.Name, out string? known))
            {
                mount.Insert(0, "name", known);
                mounts.Add((JsonNode)mount);
                continue;
            }
            Add(claims[volume.Name] = Name("volume", i), new JsonObject { ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = volume.Name } }, mount);
        }
        Material(false, Configs, material, 0x124);
        // A secret is its user's alone where the user is said to be root; another, and so may be the image's own where none is said, could not read what root alone may.
        Material(true, Secrets, material, container?.User is "0" or "0:0" or "root" or "root:root" ? 0x100 : 0x124);
        for (int i = 0; i < (container?.Tmpfs?.Count ?? 0); i++)
        {
            TmpfsMount tmpfs = container!.Tmpfs![i];
            Add(Name("memory", i), new JsonObject { ["emptyDir"] = InMemory(tmpfs.Size?.ToString()) }, new JsonObject { ["mountPath"] = tmpfs.Path });
        }
        if (container?.SharedMemory is { } shared) Add("federation-shm", new JsonObject { ["emptyDir"] = InMemory(shared.ToString()) }, new JsonObject { ["mountPath"] = "/dev/shm" });
        for (int i = 0; i < (container?.Scratch?.Count ?? 0); i++) Add(Name("scratch", i), new JsonObject { ["emptyDir"] = new JsonObject() }, new JsonObject { ["mountPath"] = container!.Scratch![i] });
        for (int i = 0; i < (container?.Binds?.Count ?? 0); i++)
        {
            BindMount bind = container!.Binds![i];
            var folder = new JsonObject { ["path"] = bind.Source };
            if (bind.Create) folder["type"] = "DirectoryOrCreate";
            var mount = new JsonObject { ["mountPath"] = bind.Path };
            if (bind.ReadOnly) mount["readOnly"] = true;
            if (bind.Propagation is { } word && PropagationOf(word) is { } propagation) mount["mountPropagation"] = propagation;
            Add(Name("bind", i), new JsonObject { ["hostPath"] = folder }, mount);
        }
        return (volumes, mounts);

        void Add(string name, JsonObject volume, JsonObject mount)
        {
            volume.Insert(0, "name", name);
            mount.Insert(0, "name", name);
            volumes.Add((JsonNode)volume);
            mounts.Add((JsonNode)mount);
        }

        void Material(bool secret, string name, MaterialForm from, int mode)
        {
            MaterialFile[] files = [.. from.Files.Where(file => file.IsSecret == secret)];
            if (files.Length == 0) return;
            var source = new JsonObject { [secret ? "secretName" : "name"] = secret ? from.Secret : from.ConfigMap, ["defaultMode"] = mode };
            if (files.Any(static file => file.Mode is not null))
            {
                source["items"] = new JsonArray([.. files.Select(static file =>
                {
                    var item = new JsonObject { ["key"] = file.Key, ["path"] = file.Key };
                    if (file.Mode is { } own && ModeOf(own) is { } bits) item["mode"] = bits;
                    return item;
                })]);
            }
            volumes.Add((JsonNode)new JsonObject { ["name"] = name, [secret ? "secret" : "configMap"] = source });
            foreach (MaterialFile file in files) mounts.Add((JsonNode)new JsonObject { ["name"] = name, ["mountPath"] = file.Target, ["subPath"] = file.Key, ["readOnly"] = true });
        }
    }

    /// <summary>Where a volume is seen; null where carried fields say it.</summary>
    public static string? PathOf(WorkloadTemplate template, VolumeReference volume) =>
        volume.Path is null && CarriedFields.Of(template).Any(static field => field.Path is "container.volumeMounts" or "container.volumeDevices") ? null : volume.PathInside;

    /// <summary>The number that octal digits say; null if they say none.</summary>
    public static int? ModeOf(string octal) =>
        octal.Length is > 0 and <= 5 && octal.All(static digit => digit is >= '0' and <= '7') ? octal.Aggregate(0, static (mode, digit) => (mode << 3) + (digit - '0')) : null;

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"federation-{kind}-{number}");

    private static JsonObject InMemory(string? size)
    {
        var folder = new JsonObject { ["medium"] = "Memory" };
        if (size is not null) folder["sizeLimit"] = size;
        return folder;
    }

    private static string? PropagationOf(string word) => word switch
    {
        "rprivate" or "private" => "None",
        "rslave" or "slave" => "HostToContainer",
        "rshared" or "shared" => "Bidirectional",
        _ => null,
    };
}
