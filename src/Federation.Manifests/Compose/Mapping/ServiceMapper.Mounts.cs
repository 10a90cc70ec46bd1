using System.Text.Json.Nodes;
using Federation.Domain.Quantities;
using Federation.Manifests.Compose.Values;

namespace Federation.Manifests.Compose.Mapping;

/// <content>Volumes, folders of the machine, configs and secrets.</content>
internal sealed partial class ServiceMapper
{
    private static readonly string[] Propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

    private void MapFiles()
    {
        foreach (View reference in service["configs"].Items) MapFile("configs", "/", reference);
        foreach (View reference in service["secrets"].Items) MapFile("secrets", "/run/secrets/", reference);
    }

    private void MapFile(string section, string folder, View reference)
    {
        View from = reference.IsMapping ? reference["source"] : reference;
        if (from.Text is not { Length: > 0 } source)
        {
            reference.Refuse("it names no source", "write its name, or source: NAME");
            return;
        }
        if (stack.NameOf(section, source, from) is not { } resource) return;
        string list = $"{Template}.{section}";
        int index = _draft.List(list)?.ToList().FindIndex(item => item!["name"]!.GetValue<string>() == resource) ?? -1;
        if (index < 0) index = _draft.Add(list, new() { ["name"] = resource }, reference.Place);
        if (!_hasImage)
        {
            if (reference.IsMapping && reference["target"].IsThere) ForContainer(reference["target"]);
            return;
        }
        string target = (reference.IsMapping ? reference["target"].Text : null) ?? source;
        var file = new JsonObject { ["path"] = target.StartsWith('/') ? target : folder + target };
        if (!StackMapper.IsExternal(stack.Root[section][source])) file["key"] = StackMapper.FileKey(source);
        if (reference.IsMapping)
        {
            if (reference["uid"].Text is { } user) file["user"] = user;
            if (reference["gid"].Text is { } group) file["group"] = group;
            if (reference["mode"].Mode is { } mode) file["mode"] = mode;
        }
        JsonObject item = _draft.List(list)![index]!.AsObject();
        if (item["files"] is not JsonArray files) item["files"] = files = [];
        files.Add((JsonNode)file);
        _draft.Note(FormattableString.Invariant($"{list}[{index}].files[{files.Count - 1}]"), reference.Place);
    }

    private void MapVolumes()
    {
        foreach (View mount in service["volumes"].Items)
        {
            if (mount.IsMapping) MapLongMount(mount);
            else MapShortMount(mount);
        }
    }

    private void MapShortMount(View mount)
    {
        IReadOnlyList<string> parts;
        try
        {
            parts = ShortForms.SplitMount(mount.Text ?? "");
        }
        catch (FormatException e)
        {
            mount.Refuse(e.Message);
            return;
        }
        (string source, string target) = (parts[0], parts[1]);
        // Without the colon it is a path inside alone.
        if (source.Length == 0 && mount.Text!.StartsWith(':'))
        {
            mount.Refuse("the source of a mount is empty", "write FOLDER:TARGET or VOLUME:TARGET, or TARGET alone for a folder of the replica's own");
            return;
        }
        bool readOnly = false, noCopy = false;
        string? propagation = null, selinux = null;
        foreach (string option in parts.Count > 2 ? parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            if (option is "ro" or "rw") readOnly = option == "ro";
            else if (option is "z" or "Z") selinux = option;
            else if (option == "nocopy") noCopy = true;
            else if (Propagations.Contains(option)) propagation = option;
            else if (option is "cached" or "delegated" or "consistent") mount.Warn($"{option} speeds up folders of a desktop's virtual machine, and says nothing here");
            else mount.Refuse($"the option {(option.Length > 20 ? option[..20] + "..." : option)} of a mount is unknown", "known are ro, rw, z, Z, nocopy, and how mounts below are seen: rshared, rslave, rprivate");
        }
        if (source.Length == 0) AddScratch(target, mount);
        else if (IsPath(source)) AddBind(source, target, readOnly, propagation, selinux, create: true, null, mount);
        else AddVolume(source, target, readOnly, noCopy, null, mount, mount);
    }

    private void MapLongMount(View mount)
    {
        string source = mount["source"].Text ?? "", target = mount["target"].Text ?? "";
        bool readOnly = mount["read_only"].Flag == true;
        if (target.Length == 0)
        {
            mount.Refuse("it names no target", "write target: PATH");
            return;
        }
        string type = mount["type"].Text ?? (IsPath(source) ? "bind" : "volume");
        switch (type)
        {
            case "volume" when source.Length == 0:
                AddScratch(target, mount);
                break;
            case "volume":
                AddVolume(source, target, readOnly, mount["volume"]["nocopy"].Flag == true, mount["volume"]["subpath"].Text, mount["source"], mount);
                break;
            case "bind" or "npipe":
                View bind = mount["bind"];
                string? selinux = bind["selinux"].Text;
                if (selinux is not (null or "z" or "Z")) bind["selinux"].Refuse("it is z for shared or Z for private");
                if (bind["propagation"].Text is { } word && !Propagations.Contains(word)) bind["propagation"].Refuse($"it is one of {string.Join(", ", Propagations)}");
                AddBind(source, target, readOnly, bind["propagation"].Text, selinux, bind["create_host_path"].Flag ?? false, bind["recursive"].Text, mount, pipe: type == "npipe");
                break;
            case "tmpfs":
                if (!ForContainer(mount)) break;
                var item = new JsonObject { ["path"] = target };
                if (mount["tmpfs"]["size"].Bytes is { } size) item["size"] = new MemoryBytes(size).ToString();
                if (mount["tmpfs"]["mode"].Mode is { } mode) item["mode"] = mode;
                _draft.Add($"{Container}.tmpfs", item, mount.Place);
                break;
            case "image":
                if (!mount["image"].IsThere) mount["type"].Refuse("a file system of an image is not mounted", "copy what you need of it into a config or a volume");
                break;
            case "cluster":
                mount["type"].Refuse("volumes of storage plug-ins of a cluster are not known here", "write type: volume");
                break;
            default:
                mount["type"].Refuse("the type is volume, bind, tmpfs or npipe");
                break;
        }
        if (type != "bind" && mount["bind"].IsThere) mount["bind"].Warn("it says something only of a bind");
        if (type != "volume" && mount["volume"].IsThere) mount["volume"].Warn("it says something only of a volume");
        if (type != "tmpfs" && mount["tmpfs"].IsThere) mount["tmpfs"].Warn("it says something only of a tmpfs");
    }

    private static bool IsPath(string source) => source.StartsWith('.') || source.StartsWith('/') || source.StartsWith('~') || source.StartsWith('\\') || (source.Length > 2 && source[1] == ':');

    private void AddScratch(string target, View mount)
    {
        if (!ForContainer(mount)) return;
        if (_draft.List($"{Container}.scratch") is not { } list) _draft.Set($"{Container}.scratch", list = [], mount.Place);
        list.Add((JsonNode)target);
        _draft.Note(FormattableString.Invariant($"{Container}.scratch[{list.Count - 1}]"), mount.Place);
    }

    private void AddBind(string source, string target, bool readOnly, string? propagation, string? selinux, bool create, string? recursive, View mount, bool pipe = false)
    {
        if (source.Length == 0)
        {
            mount["source"].Refuse("the source of a bind is empty", "write source: PATH");
            return;
        }
        if (!ForContainer(mount)) return;
        var item = new JsonObject { ["source"] = pipe || source.StartsWith('\\') || (source.Length > 2 && source[1] == ':') ? source : System.IO.Path.GetFullPath(stack.World.Resolve(mount.Place.At, source)), ["path"] = target };
        if (readOnly) item["readOnly"] = true;
        if (propagation is not null) item["propagation"] = propagation;
        if (selinux is not null) item["selinux"] = selinux;
        if (create) item["create"] = true;
        if (recursive is not null) item["recursive"] = recursive;
        if (pipe) item["pipe"] = true;
        _draft.Add($"{Container}.binds", item, mount.Place);
    }

    private void AddVolume(string source, string target, bool readOnly, bool noCopy, string? subPath, View from, View mount)
    {
        if (stack.NameOf("volumes", source, from) is not { } resource) return;
        View definition = stack.Root["volumes"][source];
        var item = new JsonObject { ["name"] = resource, ["path"] = target };
        if (readOnly) item["readOnly"] = true;
        if (noCopy) item["noCopy"] = true;
        if (subPath is not null) item["subPath"] = subPath;
        if (!StackMapper.IsExternal(definition))
        {
            if (definition["name"].Text is { } engine) item["engineName"] = engine;
            if (definition["driver"].Text is { } driver) item["driver"] = driver;
            var options = new JsonObject();
            foreach ((string key, View value) in definition["driver_opts"].Members) options[key] = value.Text ?? "";
            if (options.Count > 0) item["driverOptions"] = options;
        }
        _draft.Add($"{Template}.volumes", item, mount.Place);
    }
}
