using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Quantities;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Kubernetes.Values;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <content>Volumes and what they are mounted as. Where a pod does more with them than other clusters can, all of them are carried as they stand.</content>
internal sealed partial class WorkloadMapper
{
    private readonly List<(string Path, ManifestView From)> _hiding = [];
    private static readonly string[] Plain = ["emptyDir", "hostPath", "configMap", "secret", "persistentVolumeClaim"];

    private void MapVolumes()
    {
        ManifestView mounts = Main["volumeMounts"], volumes = _pod["volumes"];
        Dictionary<string, ManifestView> byName = [];
        foreach (ManifestView volume in volumes.Items)
        {
            if (volume["name"].Text is not { Length: > 0 } name) volume["name"].Refuse("the field is required", "write name: NAME");
            else if (!byName.TryAdd(name, volume)) volume["name"].Refuse("a volume's name is unique in its pod", "change one");
        }
        Dictionary<string, ManifestView> templates = [];
        foreach (ManifestView template in Object.Kind == "StatefulSet" ? Object.View["spec"]["volumeClaimTemplates"].Items : [])
        {
            if (template["metadata"]["name"].Text is { Length: > 0 } name) templates[name] = template;
            else template.Refuse("a template of a claim has a name", "write metadata: { name: NAME }");
        }
        foreach (ManifestView container in _pod["containers"].Items.Concat(_pod["initContainers"].Items))
        {
            foreach (ManifestView mount in container["volumeMounts"].Items)
            {
                if (mount["name"].Text is { } name && !byName.ContainsKey(name) && !templates.ContainsKey(name))
                    mount["name"].Refuse($"there is no volume {name} under volumes", byName.Count + templates.Count > 0 ? $"there are {string.Join(", ", byName.Keys.Concat(templates.Keys).Take(20))}" : "add it there");
                if (mount["mountPath"].Text is not { Length: > 0 }) mount["mountPath"].Refuse("the field is required", "write mountPath: PATH");
            }
        }
        bool several = templates.Count > 0 && Replicas > 1;
        if (several)
        {
            Keep("object.spec.volumeClaimTemplates", Object.View["spec"]["volumeClaimTemplates"].Json, Object.View["spec"]["volumeClaimTemplates"], "elsewhere replicas share a volume, or have none");
            // Those of the first replica stand for all: by them the plane knows where the data is.
            foreach (ManifestView template in templates.Values) ReferToClaim(OwnClaim(template), template);
        }
        if (WhyWhole(byName, several) is { Why: { } why, At: var at }) CarryWhole(why, at);
        else
        {
            foreach (ManifestView template in templates.Values) OwnClaim(template);
            foreach (ManifestView mount in mounts.Items) Mount(mount, byName, templates);
            HideFolders();
            foreach ((string name, ManifestView volume) in byName)
            {
                if (mounts.Items.All(mount => mount["name"].Text != name)) volume.Warn("nothing mounts it, and it is left out");
            }
        }
    }

    // The plane lays files one by one into a folder. In a cluster a volume stands in the folder's place, with what an image has there: an empty one below the files does that.
    private void HideFolders()
    {
        if (_hiding.Count == 0) return;
        ManifestView from = _hiding[0].From;
        Carry("pod.spec.volumes", new JsonArray([.. _hiding.Select(static (_, i) => new JsonObject { ["name"] = Hiding(i), ["emptyDir"] = new JsonObject() })]), from);
        Carry("container.volumeMounts", new JsonArray([.. _hiding.Select(static (folder, i) => new JsonObject { ["name"] = Hiding(i), ["mountPath"] = folder.Path })]), from);
        foreach ((_, ManifestView folder) in _hiding) folder.Warn("elsewhere than in Kubernetes the files lie beside those that the image has in the folder");

        static string Hiding(int i) => string.Create(CultureInfo.InvariantCulture, $"hiding-{i}");
    }

    // Why the pod's volumes are for Kubernetes alone, and where that stands; null where all of them are known everywhere.
    private (string? Why, ManifestView At) WhyWhole(Dictionary<string, ManifestView> volumes, bool several)
    {
        IReadOnlyList<ManifestView> mounts = Main["volumeMounts"].Items;
        if (Main["volumeDevices"].Items is [var device, ..]) return ("elsewhere a volume is a folder", device);
        foreach (ManifestView mount in mounts)
        {
            string name = mount["name"].Text ?? "";
            if (mount["subPathExpr"] is { IsThere: true } expression) return ("elsewhere no path is made of variables", expression);
            if (mount["recursiveReadOnly"] is { IsThere: true } recursive) return ("elsewhere mounts below a folder are as they are", recursive);
            if (!volumes.TryGetValue(name, out ManifestView volume)) continue;
            if (mount["subPath"].IsThere && (IsScratch(volume) || volume["hostPath"].IsThere)) return ("elsewhere no part of such a volume is seen alone", mount["subPath"]);
        }
        foreach (ManifestView volume in volumes.Values)
        {
            if (volume.Members.FirstOrDefault(static member => member.Key != "name" && !Plain.Contains(member.Key)) is { Key: { } kind } other) return ("elsewhere there is no such volume", other.Value);
        }
        // Containers beside the main one are carried as they stand, and so are the volumes that they share with it.
        if ((_pod["containers"].Items.Count > 1 || _pod["initContainers"].Items.Count > 0 || several) && (volumes.Count > 0 || several))
            return ("containers of a pod share them", _pod["volumes"].IsThere ? _pod["volumes"] : Main["volumeMounts"]);
        return (null, default);
    }

    private void CarryWhole(string why, ManifestView at)
    {
        ManifestView volumes = _pod["volumes"], mounts = Main["volumeMounts"], devices = Main["volumeDevices"];
        at.Warn(KeptRule(why));
        if (volumes.Items.Count > 0) Need("pod.spec.volumes", volumes.Json, volumes);
        if (mounts.Items.Count > 0) Need("container.volumeMounts", mounts.Json, mounts);
        if (devices.Items.Count > 0) Need("container.volumeDevices", devices.Json, devices);
        foreach (ManifestView volume in volumes.Items)
        {
            if (volume["configMap"]["name"] is { Text: { } config } inConfig) Reference("configs", config, inConfig, volume["configMap"]["optional"]);
            if (volume["secret"]["secretName"] is { Text: { } secret } inSecret) Reference("secrets", secret, inSecret, volume["secret"]["optional"]);
            if (volume["persistentVolumeClaim"]["claimName"] is { Text: { } claim } inClaim) ReferToClaim(claim, inClaim);
            foreach (ManifestView source in volume["projected"]["sources"].Items)
            {
                if (source["configMap"]["name"] is { Text: { } part } inPart) Reference("configs", part, inPart, source["configMap"]["optional"]);
                if (source["secret"]["name"] is { Text: { } hidden } inHidden) Reference("secrets", hidden, inHidden, source["secret"]["optional"]);
            }
        }
        if (Object.Kind != "StatefulSet" || Replicas > 1) return;
        foreach (ManifestView template in Object.View["spec"]["volumeClaimTemplates"].Items) ReferToClaim(OwnClaim(template), template);
    }

    private void ReferToClaim(string claim, ManifestView from)
    {
        _claims.Add(claim);
        string resource = ManifestSet.NameOf(claim), list = $"{Template}.volumes";
        if (Draft.List(list)?.Any(item => item!["name"]!.GetValue<string>() == resource) == true) return;
        Draft.Add(list, new() { ["name"] = resource }, from.Place);
    }

    // The claim that the one replica of a StatefulSet has, under the name that Kubernetes gives it.
    private string OwnClaim(ManifestView template)
    {
        string name = $"{template["metadata"]["name"].Text}-{Object.Name}-0", resource = ManifestSet.NameOf(name);
        var draft = _set.Begin("Volume", resource, Object, template["metadata"]["name"]);
        foreach (string field in (string[])["labels", "annotations"])
            foreach ((string key, ManifestView value) in template["metadata"][field].Entries) draft.Put($"metadata.{field}", key, value.Text ?? "", value.Place);
        bool needed = false;
        foreach (CarriedField field in Object.Carried.Where(field => field.View.Place.Path.StartsWith(template.Place.Path, StringComparison.Ordinal)))
        {
            needed |= field.Field.Fate == Kubernetes.Fields.FieldFate.Kept;
            if (field.Field.Detail.Length > 0) field.View.Warn(field.Field.Fate == Kubernetes.Fields.FieldFate.Kept ? KeptRule(field.Field.Detail) : CarriedRule(field.Field.Detail));
        }
        Lay($"claims.{resource}", ManifestObject.Part(template), template, needed);
        return name;
    }

    private static bool IsScratch(ManifestView volume) => volume["emptyDir"].IsThere || volume.Members.All(static member => member.Key is "name" or "emptyDir");

    private void Mount(ManifestView mount, Dictionary<string, ManifestView> volumes, Dictionary<string, ManifestView> templates)
    {
        string name = mount["name"].Text ?? "", path = mount["mountPath"].Text ?? "";
        if (path.Length == 0) return;
        if (!volumes.TryGetValue(name, out ManifestView volume))
        {
            if (templates.TryGetValue(name, out ManifestView template)) MountClaim(mount, $"{template["metadata"]["name"].Text}-{Object.Name}-0", readOnly: false, path);
            return;
        }
        if (volume["configMap"].IsThere) MountFiles(mount, volume["configMap"], "ConfigMap", "configs", volume["configMap"]["name"], path);
        else if (volume["secret"].IsThere) MountFiles(mount, volume["secret"], "Secret", "secrets", volume["secret"]["secretName"], path);
        else if (volume["hostPath"].IsThere) MountFolder(mount, volume["hostPath"], path);
        else if (volume["persistentVolumeClaim"] is { IsThere: true } claim)
        {
            if (claim["claimName"].Text is not { Length: > 0 } claimed) claim["claimName"].Refuse("the field is required", "write claimName: NAME");
            else MountClaim(mount, claimed, claim["readOnly"].Flag == true, path);
        }
        else MountScratch(mount, volume["emptyDir"], path);
        ManifestView propagation = mount["mountPropagation"];
        if (propagation.IsThere && !volume["hostPath"].IsThere && propagation.Text != "None") propagation.Warn("it says something only of a folder of the machine");
    }

    private void MountClaim(ManifestView mount, string claim, bool readOnly, string path)
    {
        _claims.Add(claim);
        var item = new JsonObject { ["name"] = ManifestSet.NameOf(claim), ["path"] = path };
        if (readOnly || mount["readOnly"].Flag == true) item["readOnly"] = true;
        if (mount["subPath"].Text is { Length: > 0 } part) item["subPath"] = part;
        Draft.Add($"{Template}.volumes", item, mount.Place);
    }

    private void MountScratch(ManifestView mount, ManifestView folder, string path)
    {
        ManifestView medium = folder["medium"], limit = folder["sizeLimit"];
        if (mount["readOnly"].Flag == true) mount["readOnly"].Warn("an empty folder that can only be read stays empty: it may be written to");
        if (medium.Text == "Memory")
        {
            var item = new JsonObject { ["path"] = path };
            if (BytesOf(limit) is > 0 and var size) item["size"] = new MemoryBytes(size).ToString();
            Draft.Add($"{Container}.tmpfs", item, mount.Place);
            return;
        }
        if (medium.Text is { Length: > 0 }) medium.Warn("an empty folder is on the disk or, with Memory, in memory: it is on the disk");
        if (limit.IsThere) limit.Warn("an empty folder on the disk has no limit of its own");
        if (Draft.List($"{Container}.scratch") is not { } list) Draft.Set($"{Container}.scratch", list = [], mount.Place);
        list.Add((JsonNode)path);
        Draft.Note(FormattableString.Invariant($"{Container}.scratch[{list.Count - 1}]"), mount.Place);
    }

    private static long? BytesOf(ManifestView amount)
    {
        try
        {
            return amount.Text is { } text ? Quantity.Bytes(text) : null;
        }
        catch (FormatException e)
        {
            amount.Refuse(e.Message);
            return null;
        }
    }

    private void MountFolder(ManifestView mount, ManifestView folder, string path)
    {
        ManifestView type = folder["type"], propagation = mount["mountPropagation"];
        if (folder["path"].Text is not { Length: > 0 } source)
        {
            folder["path"].Refuse("the field is required", "write path: PATH");
            return;
        }
        var item = new JsonObject { ["source"] = source, ["path"] = path };
        if (mount["readOnly"].Flag == true) item["readOnly"] = true;
        if (type.Text is "DirectoryOrCreate") item["create"] = true;
        else if (type.Text is { Length: > 0 }) type.Warn("what lies there is not looked at");
        if (propagation.Text is "HostToContainer" or "Bidirectional") item["propagation"] = propagation.Text == "Bidirectional" ? "rshared" : "rslave";
        else if (propagation.Text is not (null or "None")) propagation.Refuse("it is None, HostToContainer or Bidirectional");
        Draft.Add($"{Container}.binds", item, mount.Place);
    }

    private void MountFiles(ManifestView mount, ManifestView source, string kind, string section, ManifestView named, string path)
    {
        if (named.Text is not { Length: > 0 } name)
        {
            named.Refuse("the field is required", $"write {(kind == "Secret" ? "secretName" : "name")}: NAME");
            return;
        }
        Material? known = _set.Find(kind, Object.Namespace, name);
        if (known is null && source["optional"].Flag == true)
        {
            source["optional"].Warn($"the {kind} is not among the files, and the mount is left out");
            return;
        }
        string resource = known?.Resource ?? ManifestSet.NameOf(name), list = $"{Template}.{section}";
        ManifestView mode = source["defaultMode"], part = mount["subPath"];
        List<(string Key, string Path, ManifestView Mode, ManifestView From)> files = [];
        foreach (ManifestView item in source["items"].Items)
        {
            string key = item["key"].Text ?? "", inside = item["path"].Text ?? "";
            if (key.Length == 0 || inside.Length == 0) item.Refuse("an item has a key and a path");
            else if (known is not null && !known.Keys.ContainsKey(key)) item["key"].Refuse($"{kind} {name} has no key of that name", $"it has {string.Join(", ", known.Keys.Keys.Take(20))}");
            else files.Add((key, inside, item["mode"].IsThere ? item["mode"] : mode, item));
        }
        bool single = part.Text is { Length: > 0 };
        if (!single) _hiding.Add((path, mount["mountPath"]));
        if (single)
        {
            // What is seen of it is one file, by its path in the volume.
            var (key, _, itemMode, _) = files.Find(file => file.Path == part.Text);
            if (key is null && (source["items"].IsThere || (known is not null && !known.Keys.ContainsKey(part.Text!))))
            {
                part.Refuse($"there is no such file in the volume", known is not null ? $"it has {string.Join(", ", files.Count > 0 ? files.Select(static file => file.Path).Take(20) : known.Keys.Keys.Take(20))}" : null);
                return;
            }
            files = [(key ?? part.Text!, "", key is null ? mode : itemMode, mount)];
        }
        // Rights are those of single files.
        else if (files.Count == 0 && mode.Whole is not (null or 420) && known is not null) files = [.. known.Keys.Keys.Select(key => (key, key, mode, mount))];
        else if (files.Count == 0 && mode.Whole is not (null or 420)) mode.Warn($"the {kind} is not among the files, so that its files are not known: they have the usual rights");
        if (files.Count == 0)
        {
            if (!source["items"].IsThere || known is { Keys.Count: 0 }) Draft.Add(list, new() { ["name"] = resource, ["path"] = path }, mount.Place);
            return;
        }
        int index = Draft.List(list)?.ToList().FindIndex(item => item!["name"]!.GetValue<string>() == resource && item["path"] is null) ?? -1;
        if (index < 0) index = Draft.Add(list, new() { ["name"] = resource }, mount.Place);
        JsonObject reference = Draft.List(list)![index]!.AsObject();
        if (reference["files"] is not JsonArray all) reference["files"] = all = [];
        foreach ((string key, string inside, ManifestView rights, ManifestView from) in files)
        {
            var file = new JsonObject { ["key"] = key, ["path"] = inside.Length == 0 ? path : $"{path.TrimEnd('/')}/{inside}" };
            if (rights.Whole is >= 0 and <= 511 and var bits) file["mode"] = ManifestScalars.Mode(bits);
            else if (rights.IsThere) rights.Refuse("rights lie between 0 and 0777", "write them as 0644");
            all.Add((JsonNode)file);
            Draft.Note(string.Create(CultureInfo.InvariantCulture, $"{list}[{index}].files[{all.Count - 1}]"), from.Place);
        }
    }
}
