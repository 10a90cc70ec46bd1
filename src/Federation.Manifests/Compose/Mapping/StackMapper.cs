using System.Text.Json.Nodes;
using Federation.Domain.Resources.Rules;
using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Compose.Reading;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Mapping;

/// <summary>Makes resources of a stack's joined files.</summary>
internal sealed class StackMapper
{
    private static readonly string[] StackFields = ["placement", "domain"];
    private static readonly string[] VolumeFields = ["shared", "cluster", "node"];
    private readonly InputErrors _errors;
    private readonly bool _ofNoStack;
    private readonly List<ResourceDraft> _drafts = [];
    private readonly Dictionary<(string Kind, string Name), KeyPlace> _taken = [];

    public StackMapper(MappingNode root, string stack, ComposeWorld world, InputErrors errors, bool ofNoStack = false)
    {
        (Stack, World, _errors, _ofNoStack) = (stack, world, errors, ofNoStack);
        Root = new View(root, new KeyPlace("", root.At), errors);
    }

    public string Stack { get; }

    public ComposeWorld World { get; }

    public View Root { get; }

    /// <summary>The domain under which services have hosts of their own.</summary>
    public string Domain { get; private set; } = "localhost";

    /// <summary>The stack's placement policy; null where it has none.</summary>
    public string? Policy { get; private set; }

    public IReadOnlyList<DeclaredResource> Map()
    {
        ReadExtension();
        foreach ((string key, View value) in Root["configs"].Members) Material("Config", "configs", key, value);
        foreach ((string key, View value) in Root["secrets"].Members) Material("Secret", "secrets", key, value);
        foreach ((string key, View value) in Root["volumes"].Members) Volume(key, value);
        foreach ((string name, View service) in Root["services"].Members) new ServiceMapper(this, name, service).Map();
        if (!Root["services"].Members.Any() && _drafts.Count == 0)
            _errors.Add(Root.Place.At, Root["services"].IsThere ? "services" : "", "the file declares no service", Root["services"].IsThere ? "if all services have a profile, ask for one: COMPOSE_PROFILES=NAME, or --profile NAME of fedctl stack" : "begin with services:");
        return [.. _drafts.Select(draft => draft.Finish(_errors)).OfType<DeclaredResource>().OrderBy(static declared => declared.Kind.ApplyOrder)];
    }

    /// <summary>Begins a resource; two of one name are told.</summary>
    public ResourceDraft Begin(string kind, string name, KeyPlace place)
    {
        if (!_taken.TryAdd((kind, name), place))
            _errors.Add(place.At, place.Path, $"its {kind} would be named {name}, as that of {_taken[(kind, name)].Path}", "names are told apart by letters and digits alone; change one");
        var draft = new ResourceDraft(kind, name, _ofNoStack ? null : Stack, place);
        _drafts.Add(draft);
        return draft;
    }

    /// <summary>The name of the Config, Secret or Volume behind a stack's own name for it; null, and an error, where it has none.</summary>
    public string? NameOf(string section, string key, View from)
    {
        View found = Root[section][key];
        if (!Has(section, key))
        {
            string? near = Federation.Manifests.Text.NearestName.Find(key, Root[section].Members.Select(static member => member.Key));
            from.Refuse($"there is no {key} under {section}", near is null ? $"add it there, with external: true if it is there already" : $"did you mean {near}?");
            return null;
        }
        return IsExternal(found) ? ForeignNames.Of(ExternalName(found, key)) : found["name"].Text is { } own && section != "volumes" ? ForeignNames.Of(own) : _ofNoStack ? ForeignNames.Of(key) : ForeignNames.InStack(Stack, key);
    }

    /// <summary>The name of a network among those of the namespace.</summary>
    public string NetworkOf(string key) => _ofNoStack ? key : $"{Stack}_{key}";

    /// <summary>The host at the ingress of what a service publishes.</summary>
    public string HostOf(string name) => _ofNoStack ? $"{name}.{Domain}" : $"{name}.{ForeignNames.Of(Stack)}.{Domain}";

    /// <summary>Whether a section has a key.</summary>
    public bool Has(string section, string? key) => key is not null && (Root[section].Node as MappingNode)?.Find(key) is not null;

    /// <summary>Where a service is said to be waited for until it has ended, by others; null where it is not.</summary>
    public View? IsAwaitedToEnd(string service)
    {
        foreach ((_, View other) in Root["services"].Members)
        {
            View condition = other["depends_on"][service]["condition"];
            if (condition.Text == "service_completed_successfully") return condition;
        }
        return null;
    }

    public static bool IsExternal(View definition) => definition["external"] is { IsThere: true } external && (external.IsMapping || external.Flag == true);

    public static string ExternalName(View definition, string key) => definition["external"]["name"].Text ?? definition["name"].Text ?? key;

    private void ReadExtension()
    {
        View extension = Root[ComposeKeys.Extension];
        foreach ((string key, View value) in extension.Members)
        {
            if (!StackFields.Contains(key)) Unknown(value, key, StackFields);
        }
        if (extension["domain"].Text is { } domain)
        {
            if (HostSyntax.Violation(domain) is { } rule) extension["domain"].Refuse(rule);
            else Domain = domain;
        }
        if (extension["placement"] is not { IsThere: true } placement) return;
        Policy = ForeignNames.Of(Stack);
        Begin("PlacementPolicy", Policy, placement.Place).Set("spec", TreeJson.Of(placement.Node!), placement.Place);
    }

    public static void Unknown(View value, string key, IEnumerable<string> known)
    {
        string[] names = [.. known];
        value.Refuse("the key is unknown", Federation.Manifests.Text.NearestName.Find(key, names) is { } near ? $"did you mean {near}?" : $"known here: {string.Join(", ", names)}");
    }

    private void Material(string kind, string section, string key, View definition)
    {
        if (IsExternal(definition))
        {
            foreach (string other in (string[])["file", "content", "environment"])
            {
                if (definition[other] is { IsThere: true } both) both.Refuse("what is external is there already, and is not filled here", "remove one of them");
            }
            return;
        }
        ResourceDraft draft = Begin(kind, NameOf(section, key, definition)!, definition.Place);
        string file = FileKey(key);
        View[] sources = [.. ((View[])[definition["file"], definition["content"], definition["environment"]]).Where(static source => source.IsThere)];
        if (sources.Length != 1) definition.Refuse(sources.Length == 0 ? "nothing says what it holds" : "only one thing says what it holds", kind == "Secret" ? "write file, environment or external: true" : "write file, content, environment or external: true");
        else if (definition["file"] is { Text: { Length: 0 } } empty)
        {
            empty.Refuse("it names no file", "write its path");
            draft.Set("spec.data", new JsonObject { [file] = "" }, empty.Place);
        }
        else if (definition["file"].Text is { } path)
        {
            View from = definition["file"];
            if (World.ReadFile(from.Place.At, from.Place.Path, World.Resolve(from.Place.At, path)) is { } content) Hold(draft, file, content, from);
            else draft.Set("spec.data", new JsonObject { [file] = "" }, from.Place);
        }
        else if (definition["environment"].Text is { } variable)
        {
            if (World.Variable(variable) is { } value) draft.Set("spec.data", new JsonObject { [file] = value }, definition["environment"].Place);
            else
            {
                definition["environment"].Refuse($"the variable {(variable.Length > 63 ? variable[..63] + "..." : variable)} is not set", "set it, or write file");
                draft.Set("spec.data", new JsonObject { [file] = "" }, definition.Place);
            }
        }
        else draft.Set("spec.data", new JsonObject { [file] = definition["content"].Text ?? "" }, definition["content"].Place);
        Annotate(draft, definition["labels"]);
    }

    /// <summary>The name of a file in a Config or Secret that comes of a stack's name for it.</summary>
    public static string FileKey(string key) => key.Replace('/', '_').Replace('\\', '_');

    private static void Hold(ResourceDraft draft, string file, byte[] content, View from)
    {
        if (ComposeWorld.IsText(content)) draft.Set("spec.data", new JsonObject { [file] = ComposeWorld.TextOf(content) }, from.Place);
        else draft.Set("spec.binaryData", new JsonObject { [file] = Convert.ToBase64String(content) }, from.Place);
    }

    private void Volume(string key, View definition)
    {
        if (IsExternal(definition))
        {
            foreach (string other in (string[])["driver", "driver_opts", "labels"])
            {
                if (definition[other] is { IsThere: true } both) both.Refuse("what is external is there already, and is not made here", "remove it");
            }
            // A Volume of the plane: what runs with it waits until there is one of that name. An engine's own volume is none.
            if (definition[ComposeKeys.Extension] is not { IsThere: true })
            {
                string name = ExternalName(definition, key);
                definition["external"].Warn(
                    $"it is the Volume {NameOf("volumes", key, definition)}, which has to be declared: what uses it waits until it is",
                    $"for a volume that an engine has already, write name: {name} without external");
                return;
            }
        }
        ResourceDraft draft = Begin("Volume", NameOf("volumes", key, definition)!, definition.Place);
        Annotate(draft, definition["labels"]);
        View extension = definition[ComposeKeys.Extension];
        foreach ((string field, View value) in extension.Members)
        {
            if (!VolumeFields.Contains(field)) Unknown(value, field, VolumeFields);
            else if (field == "shared") draft.Set("spec.shared", value.Flag, value.Place);
            else draft.Set($"spec.{field}", value.Text, value.Place);
        }
    }

    private static void Annotate(ResourceDraft draft, View labels)
    {
        foreach ((string key, View value) in labels.Members) draft.Put("metadata.annotations", key, value.Text ?? "", value.Place);
    }
}
