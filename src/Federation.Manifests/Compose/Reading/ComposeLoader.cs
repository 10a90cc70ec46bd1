using Federation.Manifests.Compose.Values;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Compose.Reading;

/// <summary>Reads the files of a stack into one tree: variables filled in, extensions and includes taken in, later files joined with earlier ones, profiles chosen.</summary>
internal sealed class ComposeLoader
{
    /// <summary>What holds definitions by name.</summary>
    public static readonly IReadOnlyList<string> Sections = ["services", "networks", "volumes", "configs", "secrets", "models"];

    private const int MaxServices = 2000;
    private const int MaxDeep = 20;
    private readonly ComposeInput _input;
    private readonly InputErrors _errors;
    private readonly ReadLimits _limits;
    private readonly Dictionary<string, MappingNode?> _extended = new(StringComparer.Ordinal);
    private readonly Interpolator _interpolator;
    private readonly Joining _plain, _marked;
    private Func<string, string?> _variable;

    public ComposeLoader(ComposeInput input, InputErrors errors, ReadLimits limits)
    {
        (_input, _errors, _limits) = (input, errors, limits);
        (_plain, _marked) = (new Joining(errors), new Joining(errors, keepMarks: true));
        World = new ComposeWorld(input, errors, limits);
        _variable = World.Variable;
        _interpolator = new Interpolator(name => _variable(name), limits.MaxBytes);
    }

    public ComposeWorld World { get; }

    /// <summary>The whole; null, and errors, where it cannot be read.</summary>
    public MappingNode? Load()
    {
        MappingNode? whole = null;
        foreach (ComposeText file in _input.Files)
        {
            (string? text, ManifestError? error) = SourceText.Decode(file.Utf8.Span, file.Source, _limits);
            if (error is not null) _errors.Add(error);
            foreach (MappingNode read in text is null ? [] : LoadText(text, file.Source, [file.Source])) whole = _plain.Files(whole, read);
            if (whole?.Size > _limits.MaxNodes)
            {
                _errors.Add(whole.At, "", $"a stack has at most {_limits.MaxNodes} values");
                return null;
            }
        }
        if (whole is null)
        {
            if (_errors.Count == 0) _errors.Add(new Position(1, 1), "", "the file declares nothing", "begin with services:");
            return null;
        }
        return Chosen(whole);
    }

    // Document by document: what one resets is that of all before it.
    private List<MappingNode> LoadText(string text, string source, string[] chain)
    {
        var documents = new List<MappingNode>();
        var composer = new YamlComposer(text, new NodeBudget(_limits), source, marks: true);
        try
        {
            while (composer.Next() is { } root)
            {
                if (root.IsNull) continue;
                if (root is not MappingNode mapping)
                {
                    _errors.Add(root.At, "", $"a Compose file is a mapping, found {root.Description}", "begin with services:");
                    continue;
                }
                documents.Add(LoadDocument(mapping, chain));
            }
        }
        catch (MalformedTextException e)
        {
            _errors.Add(e.At with { Source = source }, "", e.Rule, e.Suggestion);
        }
        return documents;
    }

    private MappingNode LoadDocument(MappingNode raw, string[] chain)
    {
        KeyCheck.Form(raw, _errors);
        var filled = (MappingNode)Fill(raw, "");
        var entries = new List<MappingEntry>();
        foreach (MappingEntry entry in filled.Entries)
        {
            if (!Sections.Contains(entry.Key) || entry.Value is not MappingNode section) entries.Add(entry);
            else
            {
                entries.Add(entry with
                {
                    Value = new MappingNode(section.At, section.Entries.Select(definition => definition with
                    {
                        Value = definition.Key.StartsWith("x-", StringComparison.Ordinal) ? definition.Value : CanonicalForm.Of(definition.Value, "", _errors, NodePath.Key(entry.Key, definition.Key)),
                    }))
                    { Mark = section.Mark },
                });
            }
        }
        var document = new MappingNode(filled.At, entries);
        document = With(document, "services", Extended(document, chain));
        return Included(document, chain);
    }

    private Node Fill(Node node, string path)
    {
        switch (node)
        {
            case MappingNode mapping:
                return new MappingNode(mapping.At, mapping.Entries.Select(entry => entry with { Value = Fill(entry.Value, NodePath.Key(path, entry.Key)) })) { Mark = mapping.Mark };
            case SequenceNode list:
                return new SequenceNode(list.At, [.. list.Items.Select((item, index) => Fill(item, NodePath.Item(path, index)))]) { Mark = list.Mark };
            case ScalarNode { IsNull: false } scalar when scalar.Text.Contains('$', StringComparison.Ordinal):
                try
                {
                    string text = _interpolator.Fill(scalar.Text, name => _errors.Warn(scalar.At, path, $"the variable {name} is not set; nothing stands in its place", $"set it, or write ${{{name}:-...}}"));
                    // A number that a variable gives is one where the plane's own form wants a number; nothing is still a text.
                    ScalarType type = YamlScalars.Resolve(text) is var resolved and not ScalarType.Null ? resolved : ScalarType.Text;
                    return new ScalarNode(scalar.At, text, type) { Mark = scalar.Mark };
                }
                catch (FormatException e)
                {
                    _errors.Add(scalar.At, path, e.Message);
                    return new ScalarNode(scalar.At, "", ScalarType.Null) { Mark = scalar.Mark };
                }
            default:
                return node;
        }
    }

    private MappingNode? Extended(MappingNode document, string[] chain)
    {
        if (document.Find("services")?.Value is not MappingNode services) return null;
        return new MappingNode(services.At, services.Entries.Select(entry => entry with { Value = Extend(entry.Key, services, chain, []) })) { Mark = services.Mark };
    }

    // The service with what it extends, and what that extends.
    private Node Extend(string name, MappingNode services, string[] chain, string[] above)
    {
        Node own = services.Find(name)!.Value;
        if (own is not MappingNode service || service.Find("extends") is not { Value.IsNull: false } extends) return own;
        string path = NodePath.Member(NodePath.Key("services", name), "extends");
        string id = $"{own.At.Source} {name}";
        MappingNode bare = Without(service, "extends");
        if (above.Contains(id) || above.Length > MaxDeep)
        {
            _errors.Add(extends.At, path, above.Contains(id) ? "a service must not extend itself, neither by another" : $"services extend each other at most {MaxDeep} deep");
            return bare;
        }
        string? file = Text((extends.Value as MappingNode)?.Find("file")?.Value);
        string? wanted = Text(extends.Value) ?? Text((extends.Value as MappingNode)?.Find("service")?.Value);
        if (wanted is null)
        {
            _errors.Add(extends.At, path, "it names no service", "write extends: { service: NAME }, with file: FILE for one of another file");
            return bare;
        }
        MappingNode? others = file is null ? services : OtherServices(extends.At, path, file, chain);
        if (others is null) return bare;
        if (others.Find(wanted) is null)
        {
            string? near = NearestName.Find(wanted, others.Entries.Select(static entry => entry.Key));
            _errors.Add(extends.At, path, $"there is no service {Shown(wanted)}{(file is null ? "" : $" in {file}")}", near is null ? null : $"did you mean {near}?");
            return bare;
        }
        Node parent = Extend(wanted, others, chain, [.. above, id]);
        if (parent is not MappingNode) return bare;
        string place = NodePath.Key("services", name);
        // What this file takes away is taken from earlier files, too; what the parent's takes away is its own.
        return _marked.Join(_plain.Join(null, Without((MappingNode)parent, "extends"), "", place), bare, "", place) ?? bare;
    }

    private MappingNode? OtherServices(Position at, string path, string file, string[] chain)
    {
        string full = World.Resolve(at, file);
        if (!_extended.TryGetValue(full, out MappingNode? services))
        {
            if (chain.Length > MaxDeep)
            {
                _errors.Add(at, path, $"files extend each other at most {MaxDeep} deep");
                return null;
            }
            World.Place(full, Path.GetDirectoryName(full) is { Length: > 0 } folder ? folder : ".");
            if (World.ReadText(at, path, full) is { } text)
            {
                var composer = new YamlComposer(text, new NodeBudget(_limits), full, marks: true);
                try
                {
                    if (composer.Next() is MappingNode raw)
                    {
                        KeyCheck.Form(raw, _errors);
                        var filled = (MappingNode)Fill(raw, "");
                        if (filled.Find("services")?.Value is MappingNode found)
                            services = new MappingNode(found.At, found.Entries.Select(entry => entry with { Value = CanonicalForm.Of(entry.Value, "", _errors, NodePath.Key("services", entry.Key)) }));
                    }
                    if (services is null) _errors.Add(at, path, $"{file} has no services");
                }
                catch (MalformedTextException e)
                {
                    _errors.Add(e.At with { Source = full }, "", e.Rule, e.Suggestion);
                }
            }
            _extended[full] = services;
        }
        return services;
    }

    private MappingNode Included(MappingNode document, string[] chain)
    {
        if (document.Find("include") is not { Value: var include } || include.IsNull) return document;
        MappingNode own = Without(document, "include");
        MappingNode? taken = null;
        IReadOnlyList<Node> items = include is SequenceNode list ? list.Items : [include];
        for (int i = 0; i < items.Count; i++)
        {
            if (Include(items[i], NodePath.Item("include", i), chain) is { } one) taken = JoinIncluded(taken, one);
        }
        return taken is null ? own : JoinIncluded(taken, own);
    }

    private MappingNode? Include(Node item, string path, string[] chain)
    {
        var mapping = item as MappingNode;
        string[] files = Texts(mapping is null ? item : mapping.Find("path")?.Value);
        if (files.Length == 0)
        {
            _errors.Add(item.At, path, "it names no file", "write a path, or path: FILE");
            return null;
        }
        MappingNode? whole = null;
        Func<string, string?> before = _variable;
        string first = World.Resolve(item.At, files[0]);
        string folder = Text(mapping?.Find("project_directory")?.Value) is { } project ? World.Resolve(item.At, project) : Path.GetDirectoryName(first) is { Length: > 0 } parent ? parent : ".";
        string[] environments = Texts(mapping?.Find("env_file")?.Value);
        IReadOnlyDictionary<string, string> more = World.ReadVariables(before, environments.Select(file => World.Resolve(item.At, file)), folder, optional: environments.Length == 0);
        foreach (string file in files)
        {
            string full = World.Resolve(item.At, file);
            if (chain.Contains(full) || chain.Length > MaxDeep)
            {
                _errors.Add(item.At, path, chain.Contains(full) ? $"{file} includes itself, or is included by what it includes" : $"files include each other at most {MaxDeep} deep");
                continue;
            }
            World.Place(full, folder);
            if (World.ReadText(item.At, path, full) is not { } text) continue;
            try
            {
                _variable = name => before(name) ?? more.GetValueOrDefault(name);
                foreach (MappingNode read in LoadText(text, full, [.. chain, full])) whole = _plain.Files(whole, read);
            }
            finally
            {
                _variable = before;
            }
        }
        return whole is null ? null : Without(whole, "name");
    }

    // What is included is not changed in silence: the same name twice is one thing only where both say the same.
    private MappingNode JoinIncluded(MappingNode? taken, MappingNode own)
    {
        foreach (string section in Sections)
        {
            if (taken?.Find(section)?.Value is not MappingNode a || own.Find(section)?.Value is not MappingNode b) continue;
            foreach (MappingEntry entry in b.Entries)
            {
                if (a.Find(entry.Key) is { } other && !Same(other.Value, entry.Value))
                    _errors.Add(entry.KeyAt, NodePath.Key(section, entry.Key), $"it is declared otherwise in {other.KeyAt.Source}:{other.KeyAt.Line}", "give one of them another name, or use extends");
            }
        }
        return taken is null ? own : _marked.Files(taken, own);
    }

    private static bool Same(Node a, Node b) => (a, b) switch
    {
        (ScalarNode x, ScalarNode y) => x.Text == y.Text,
        (SequenceNode x, SequenceNode y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items).All(static pair => Same(pair.First, pair.Second)),
        (MappingNode x, MappingNode y) => x.Entries.Count == y.Entries.Count && x.Entries.All(entry => y.Find(entry.Key) is { } other && Same(entry.Value, other.Value)),
        _ => false,
    };

    private MappingNode Chosen(MappingNode whole)
    {
        if (whole.Find("services")?.Value is not MappingNode services) return whole;
        string[] asked = [.. _input.Profiles, .. (World.Variable("COMPOSE_PROFILES") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        var kept = new List<MappingEntry>();
        foreach (MappingEntry entry in services.Entries)
        {
            if (entry.Key.StartsWith("x-", StringComparison.Ordinal)) continue;
            string[] profiles = Texts((entry.Value as MappingNode)?.Find("profiles")?.Value);
            if (profiles.Length == 0 || asked.Contains("*") || profiles.Any(asked.Contains)) kept.Add(entry.Value is MappingNode service ? entry with { Value = Without(service, "profiles") } : entry);
        }
        if (kept.Count > MaxServices)
        {
            _errors.Add(services.At, "services", $"a stack has at most {MaxServices} services");
            kept.RemoveRange(MaxServices, kept.Count - MaxServices);
        }
        return With(whole, "services", new MappingNode(services.At, kept));
    }

    private static MappingNode With(MappingNode mapping, string key, Node? value) => value is null
        ? mapping
        : new MappingNode(mapping.At, mapping.Entries.Select(entry => entry.Key == key ? entry with { Value = value } : entry));

    private static MappingNode Without(MappingNode mapping, string key) => mapping.Find(key) is null ? mapping : new MappingNode(mapping.At, mapping.Entries.Where(entry => entry.Key != key)) { Mark = mapping.Mark };

    private static string? Text(Node? node) => node is ScalarNode { IsNull: false } scalar ? scalar.Text : null;

    private static string[] Texts(Node? node) => node switch
    {
        ScalarNode { IsNull: false } scalar => [scalar.Text],
        SequenceNode list => [.. list.Items.OfType<ScalarNode>().Where(static item => !item.IsNull).Select(static item => item.Text)],
        _ => [],
    };

    private static string Shown(string name) => name.Length > 63 ? name[..63] + "..." : name;
}
