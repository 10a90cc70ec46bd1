using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Federation.Manifests.Nodes;

/// <summary>Makes nodes of YAML, document by document.</summary>
internal sealed class YamlComposer
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    private readonly string _text;
    private readonly NodeBudget _budget;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, Node?> _anchors = [];
    private readonly string? _source;
    private readonly bool _marks;

    /// <param name="text">The text.</param>
    /// <param name="budget">What it may hold.</param>
    /// <param name="source">What places call the text; null where it is the only one.</param>
    /// <param name="marks">Whether the tags <c>!reset</c> and <c>!override</c> are known.</param>
    public YamlComposer(string text, NodeBudget budget, string? source = null, bool marks = false)
    {
        (_source, _marks) = (source, marks);
        _text = text;
        _budget = budget;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>The next document's root; null at the end.</summary>
    /// <exception cref="MalformedTextException">The text is no YAML, or above a limit.</exception>
    public Node? Next()
    {
        try
        {
            while (true)
            {
                if (!MoveNext() || _parser.Current is StreamEnd) return null;
                if (_parser.Current is not DocumentStart start) continue;
                _budget.AddDocument(At(start.Start));
                _anchors.Clear();
                Advance();
                return Compose(1);
            }
        }
        catch (YamlException e)
        {
            string rule = YamlMessages.Rule(e.Message);
            // The parser points to where the mapping around a tab began.
            Position at = rule == YamlMessages.TabRule ? FindTab(At(e.Start)) : At(e.Start);
            throw new MalformedTextException(at, rule, YamlMessages.Suggestion(e.Message));
        }
    }

    private Position FindTab(Position from)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in _text.AsSpan().EnumerateLines())
        {
            int indent = line.IndexOfAnyExcept(' ');
            if (++number >= from.Line && indent >= 0 && line[indent] == '\t') return new(number, indent + 1);
        }
        return from;
    }

    // On entry the parser stands on the node's first event, on return on its last.
    private Node Compose(int depth)
    {
        ParsingEvent current = _parser.Current!;
        Position at = At(current.Start);
        if (current is AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value, out Node? target)) throw new MalformedTextException(at, "the alias names no anchor before it", "define it with & further up in the same document");
            if (target is null) throw new MalformedTextException(at, "an anchor's value must not contain itself");
            _budget.AddAlias(at, target, depth);
            return target;
        }

        var start = (NodeEvent)current;
        _budget.AddNode(at, start is Scalar ? depth - 1 : depth);
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = null;
        Node node = start switch
        {
            Scalar scalar => ComposeScalar(scalar),
            SequenceStart sequence => ComposeSequence(sequence, depth),
            MappingStart mapping => ComposeMapping(mapping, depth),
            _ => throw new MalformedTextException(at, "the text is no valid YAML"),
        };
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = node;
        return node;
    }

    private ScalarNode ComposeScalar(Scalar scalar)
    {
        Position at = At(scalar.Start);
        bool plain = scalar.Style == ScalarStyle.Plain;
        if (MarkOf(scalar) is var mark and not MergeMark.None) return new(at, scalar.Value, plain ? YamlScalars.Resolve(scalar.Value) : ScalarType.Text) { Mark = mark };
        if (scalar.Tag.IsEmpty) return new(at, scalar.Value, plain ? YamlScalars.Resolve(scalar.Value) : ScalarType.Text);
        if (scalar.Tag.IsNonSpecific || scalar.Tag.Value == TagPrefix + "str") return new(at, scalar.Value, ScalarType.Text);
        ScalarType? wanted = scalar.Tag.Value switch
        {
            TagPrefix + "int" => ScalarType.Integer,
            TagPrefix + "float" => ScalarType.Number,
            TagPrefix + "bool" => ScalarType.Boolean,
            TagPrefix + "null" => ScalarType.Null,
            _ => null,
        };
        if (wanted is not { } type) throw UnknownTag(at);
        ScalarType resolved = YamlScalars.Resolve(scalar.Value);
        if (resolved != type && !(type == ScalarType.Number && resolved == ScalarType.Integer)) throw new MalformedTextException(at, "the value is not what its tag says");
        return new(at, scalar.Value, type);
    }

    private SequenceNode ComposeSequence(SequenceStart start, int depth)
    {
        RequireTag(start, "seq");
        var items = new List<Node>();
        for (Advance(); _parser.Current is not SequenceEnd; Advance()) items.Add(Compose(depth + 1));
        return new(At(start.Start), items) { Mark = MarkOf(start) };
    }

    private MappingNode ComposeMapping(MappingStart start, int depth)
    {
        RequireTag(start, "map");
        var entries = new List<MappingEntry>();
        List<MappingNode>? merged = null;
        for (Advance(); _parser.Current is not MappingEnd; Advance())
        {
            Position keyAt = At(_parser.Current!.Start);
            bool mayMerge = _parser.Current is Scalar { Style: ScalarStyle.Plain, Tag.IsEmpty: true };
            if (Compose(depth + 1) is not ScalarNode { IsNull: false } key) throw new MalformedTextException(keyAt, "a key is a word or text", "write it in one line, in quotes where it has special characters");
            Advance();
            Node value = Compose(depth + 1);
            if (mayMerge && key.Text == "<<") (merged ??= []).AddRange(Merged(value, keyAt));
            else entries.Add(new(key.Text, keyAt, value));
        }
        return new(At(start.Start), entries, merged) { Mark = MarkOf(start) };
    }

    private static IEnumerable<MappingNode> Merged(Node value, Position keyAt)
    {
        IReadOnlyList<Node> sources = value is SequenceNode sequence ? sequence.Items : [value];
        foreach (Node source in sources)
        {
            yield return source as MappingNode ?? throw new MalformedTextException(keyAt, "the merge key << takes a mapping or a list of mappings", "name one by *alias, or write \"<<\" in quotes for a key of that name");
        }
    }

    private MergeMark MarkOf(NodeEvent node) => !_marks || node.Tag.IsEmpty ? MergeMark.None : node.Tag.Value switch
    {
        "!reset" => MergeMark.Reset,
        "!override" => MergeMark.Override,
        _ => MergeMark.None,
    };

    private void RequireTag(NodeEvent start, string name)
    {
        if (MarkOf(start) == MergeMark.None && !start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != TagPrefix + name) throw UnknownTag(At(start.Start));
    }

    private static MalformedTextException UnknownTag(Position at) => new(at, "only the tags !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are known", "remove the tag");

    private void Advance()
    {
        if (!MoveNext()) throw new MalformedTextException(At(_scanner.CurrentPosition), "the text ends too early");
    }

    private bool MoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser's own faults on text that is no YAML (a carriage return inside an unclosed { for one).
            throw new MalformedTextException(At(_scanner.CurrentPosition), YamlMessages.Rule(""), YamlMessages.Suggestion(""));
        }
    }

    private Position At(Mark mark) => new((int)Math.Min(mark.Line, int.MaxValue), (int)Math.Min(mark.Column, int.MaxValue), _source);
}
