using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Nodes;
using Federation.Manifests.Reading;

namespace Federation.Manifests.Foreign;

/// <summary>A resource on its way from a foreign file: its fields, as few as the file says, and where in the file each comes from.</summary>
internal sealed class ResourceDraft
{
    private readonly List<(string Path, KeyPlace Place)> _origins = [];
    private readonly KeyPlace _place;

    public ResourceDraft(string kind, string name, string? stack, KeyPlace place)
    {
        (Kind, Name, _place) = (kind, name, place);
        Root = new JsonObject
        {
            ["apiVersion"] = Resource.Version,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
        };
        if (stack is not null) Root["metadata"]!["labels"] = new JsonObject { [StackLabel.Key] = stack };
        _origins.Add(("", place));
    }

    public string Kind { get; }

    public string Name { get; }

    public JsonObject Root { get; }

    /// <summary>Sets a field; nothing where the value is null.</summary>
    public void Set(string path, JsonNode? value, KeyPlace from)
    {
        if (value is null) return;
        string[] parts = path.Split('.');
        JsonObject at = Root;
        foreach (string part in parts[..^1])
        {
            if (at[part] is not JsonObject inner) at[part] = inner = [];
            at = inner;
        }
        at[parts[^1]] = value;
        _origins.Add((path, from));
    }

    /// <summary>Sets a field to a list of texts; nothing where there are none.</summary>
    public void Set(string path, IReadOnlyList<string>? texts, KeyPlace from)
    {
        if (texts is { Count: > 0 }) Set(path, new JsonArray([.. texts.Select(static text => (JsonNode?)text)]), from);
    }

    /// <summary>Adds an item to a list.</summary>
    public int Add(string path, JsonObject item, KeyPlace from)
    {
        JsonArray list = List(path) ?? [];
        if (list.Parent is null) Set(path, list, from);
        list.Add((JsonNode)item);
        _origins.Add((NodePath.Item(path, list.Count - 1), from));
        return list.Count - 1;
    }

    /// <summary>Sets an entry of a mapping of texts, whose key may hold anything.</summary>
    public void Put(string path, string key, string value, KeyPlace from)
    {
        if (Find(path) is not JsonObject map) Set(path, map = [], from);
        map[key] = value;
        _origins.Add((NodePath.Key(path, key), from));
    }

    public JsonArray? List(string path) => Find(path) as JsonArray;

    public JsonNode? Find(string path)
    {
        JsonNode? at = Root;
        foreach (string part in path.Split('.')) at = (at as JsonObject)?[part];
        return at;
    }

    /// <summary>Says where a field comes from that another has set.</summary>
    public void Note(string path, KeyPlace from) => _origins.Add((path, from));

    /// <summary>The resource, bound and checked like one of the plane's own form; null, and errors, where a rule is broken.</summary>
    public DeclaredResource? Finish(InputErrors errors)
    {
        switch (ResourceReader.ReadOne(Encoding.UTF8.GetBytes(Root.ToJsonString()), _place.At.Source ?? "", InputFormat.Json))
        {
            case ReadOutcome.Accepted { Resources: [var declared] }:
                return declared with { Source = _place.At.Source ?? "", Line = _place.At.Line };
            case ReadOutcome.Refused refused:
                foreach (ManifestError error in refused.Errors)
                {
                    KeyPlace from = _origins.Where(origin => NodePath.IsAround(origin.Path, error.Path)).MaxBy(static origin => origin.Path.Length).Place;
                    errors.Add(from.At, from.Path, error.Rule, error.Suggestion);
                }
                return null;
            default:
                throw new InvalidOperationException("a draft is one resource");
        }
    }
}
