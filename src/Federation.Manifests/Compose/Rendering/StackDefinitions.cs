using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Foreign;

namespace Federation.Manifests.Compose.Rendering;

/// <summary>What a stack declares beside its services: under which key each config, secret, volume and network stands, and what is said of it there.</summary>
internal sealed class StackDefinitions
{
    private const string Configs = "configs", Secrets = "secrets", Volumes = "volumes", Networks = "networks";

    private readonly List<ComposeNote> _notes;
    private readonly Dictionary<string, JsonObject> _sections = new(StringComparer.Ordinal) { [Networks] = [], [Volumes] = [], [Configs] = [], [Secrets] = [] };
    private readonly Dictionary<(string Section, string Resource, string Key), string> _files = [];
    private readonly Dictionary<(string Section, string Resource), string> _whole = [];
    private readonly Dictionary<(string Section, string Resource), string[]> _keys = [];

    public StackDefinitions(string stack, IReadOnlyList<Resource> resources, List<ComposeNote> notes)
    {
        (Stack, _notes) = (stack, notes);
        foreach (Config config in resources.OfType<Config>()) Declare(Configs, config, config.Spec);
        foreach (Secret secret in resources.OfType<Secret>()) Declare(Secrets, secret, secret.Spec);
        IReadOnlyList<VolumeReference> used = [.. resources.OfType<Workload>().SelectMany(static workload => workload.Spec.Template.Volumes ?? [])];
        foreach (Volume volume in resources.OfType<Volume>()) Declare(volume, used.Where(reference => reference.Name == volume.Metadata.Name));
    }

    public string Stack { get; }

    /// <summary>The file's sections that have something in them.</summary>
    public void Write(JsonObject file)
    {
        foreach ((string section, JsonObject content) in _sections)
            if (content.Count > 0) file[section] = content;
    }

    /// <summary>The keys of a Config or Secret that is part of the input; null where it is not.</summary>
    public IReadOnlyList<string>? KeysOf(bool secret, string resource) => _keys.GetValueOrDefault((secret ? Secrets : Configs, resource));

    /// <summary>The source that one file of a Config or Secret has.</summary>
    public string SourceOf(bool secret, string resource, string? key)
    {
        string section = secret ? Secrets : Configs;
        if (_keys.TryGetValue((section, resource), out string[]? keys) && (key ?? (keys is [var only] ? only : null)) is { } known && _files.TryGetValue((section, resource, known), out string? source)) return source;
        return External(section, resource);
    }

    /// <summary>The key of a volume.</summary>
    public string VolumeOf(string resource) => External(Volumes, resource);

    /// <summary>The key of a network that a container is in, declared as the attachment says.</summary>
    public string NetworkOf(Workload workload, string path, NetworkAttachment network)
    {
        string prefix = Stack + "_";
        bool own = !network.External && network.Name.StartsWith(prefix, StringComparison.Ordinal) && network.Name.Length > prefix.Length;
        JsonObject definition = Definition(network);
        if (!own && !network.External) definition["name"] = network.Name;
        if (_whole.TryGetValue((Networks, network.Name), out string? there))
        {
            JsonNode? known = _sections[Networks][there];
            if (!JsonNode.DeepEquals(known ?? new JsonObject(), definition)) _notes.Add(new(workload, path, $"another workload says of the network {network.Name} something else, which stands in the file"));
            return there;
        }
        string key = Free(Networks, own ? network.Name[prefix.Length..] : network.Name);
        if (network.External && key != network.Name) definition["name"] = network.Name;
        _whole[(Networks, network.Name)] = key;
        // The network that a stack has by itself need not be declared.
        if (key != "default" || definition.Count > 0) _sections[Networks][key] = definition;
        return key;
    }

    private static JsonObject Definition(NetworkAttachment network)
    {
        var definition = new JsonObject();
        if (network.External) definition["external"] = true;
        ComposeTexts.Put(definition, "driver", network.Driver);
        ComposeTexts.Put(definition, "driver_opts", ComposeTexts.Map(network.DriverOptions));
        if (network.Attachable) definition["attachable"] = true;
        if (network.Internal) definition["internal"] = true;
        if (network.Ipv4 is { } ipv4) definition["enable_ipv4"] = ipv4;
        if (network.Ipv6) definition["enable_ipv6"] = true;
        ComposeTexts.Put(definition, "labels", ComposeTexts.Map(network.Labels));
        ComposeTexts.Put(definition, "ipam.driver", network.AddressDriver);
        ComposeTexts.Put(definition, "ipam.options", ComposeTexts.Map(network.AddressOptions));
        if (network.Ranges is not { Count: > 0 } ranges) return definition;
        ComposeTexts.Put(definition, "ipam.config", new JsonArray([.. ranges.Select(static range =>
        {
            var one = new JsonObject { ["subnet"] = range.Subnet };
            ComposeTexts.Put(one, "ip_range", range.Pool);
            ComposeTexts.Put(one, "gateway", range.Gateway);
            ComposeTexts.Put(one, "aux_addresses", ComposeTexts.Map(range.Reserved));
            return one;
        })]));
        return definition;
    }

    private void Declare(string section, Resource resource, MaterialSpec spec)
    {
        string name = resource.Metadata.Name;
        string[] keys = [.. (spec.Data ?? new Dictionary<string, string>()).Keys.Concat((spec.BinaryData ?? new Dictionary<string, string>()).Keys).Distinct(StringComparer.Ordinal)];
        _keys[(section, name)] = keys;
        if (keys.Length != 1) _notes.Add(new(resource, "spec.data", keys.Length == 0 ? "it holds nothing: a Compose file has no such thing" : $"a Compose file has one file each: it becomes {keys.Length.ToString(CultureInfo.InvariantCulture)}"));
        foreach (string key in keys)
        {
            string source = Free(section, key);
            var definition = new JsonObject();
            // One file keeps the resource's name; several have names of their own.
            if (keys.Length == 1 && ForeignNames.InStack(Stack, source) != name) definition["name"] = name;
            string? text = section == Configs ? spec.Data?.GetValueOrDefault(key) : null;
            if (text is not null) definition["content"] = text;
            else
            {
                definition["file"] = $"./{section}/{source}";
                _notes.Add(new(resource, $"spec.data[\"{key}\"]", section == Secrets ? $"its value is not written: lay it at ./{section}/{source}, or write external: true" : $"it is no text: lay it at ./{section}/{source}"));
            }
            ComposeTexts.Put(definition, "labels", ComposeTexts.Map(resource.Metadata.Annotations));
            _sections[section][source] = definition;
            _files[(section, name, key)] = source;
        }
    }

    private void Declare(Volume volume, IEnumerable<VolumeReference> references)
    {
        string name = volume.Metadata.Name, prefix = ForeignNames.Of(Stack) + "-";
        var definition = new JsonObject();
        string key = name.StartsWith(prefix, StringComparison.Ordinal) && ForeignNames.InStack(Stack, name[prefix.Length..]) == name ? name[prefix.Length..] : name;
        bool own = key != name && Free(Volumes, key) == key;
        var extension = new JsonObject();
        if (volume.Spec.Shared) extension["shared"] = true;
        ComposeTexts.Put(extension, "cluster", volume.Spec.Cluster);
        ComposeTexts.Put(extension, "node", volume.Spec.Node);
        if (own)
        {
            VolumeReference? reference = references.FirstOrDefault(static one => one.EngineName is not null || one.Driver is not null || one.DriverOptions is not null);
            ComposeTexts.Put(definition, "name", reference?.EngineName);
            ComposeTexts.Put(definition, "driver", reference?.Driver);
            ComposeTexts.Put(definition, "driver_opts", ComposeTexts.Map(reference?.DriverOptions));
            ComposeTexts.Put(definition, "labels", ComposeTexts.Map(volume.Metadata.Annotations));
        }
        else
        {
            key = Free(Volumes, name);
            definition["external"] = true;
            if (key != name) definition["name"] = name;
            if (volume.Metadata.Annotations is { Count: > 0 }) _notes.Add(new(volume, "metadata.annotations", "a volume whose name is not of the stack is external in a Compose file, and has no labels there"));
        }
        if (extension.Count > 0 || !own) definition[ComposeKeys.Extension] = extension;
        if (extension.Count > 0) _notes.Add(new(volume, "spec", "it stands in x-federation: the plane alone reads it"));
        _whole[(Volumes, name)] = key;
        _sections[Volumes][key] = definition;
    }

    private string External(string section, string resource)
    {
        if (_whole.TryGetValue((section, resource), out string? there)) return there;
        string key = Free(section, resource);
        var definition = new JsonObject { ["external"] = true };
        if (key != resource) definition["name"] = resource;
        _sections[section][key] = definition;
        return _whole[(section, resource)] = key;
    }

    private string Free(string section, string wanted)
    {
        string key = wanted;
        for (int i = 2; _sections[section].ContainsKey(key); i++) key = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{i}");
        return key;
    }
}
