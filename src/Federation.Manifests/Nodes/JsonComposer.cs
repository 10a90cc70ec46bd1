using System.Text;
using System.Text.Json;

namespace Federation.Manifests.Nodes;

/// <summary>Makes nodes of JSON, one or more values after each other, keeping the place of each.</summary>
internal ref struct JsonComposer(ReadOnlySpan<byte> utf8, NodeBudget budget, int maxDepth)
{
    private readonly ReadOnlySpan<byte> _utf8 = utf8;
    private Utf8JsonReader _reader = new(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = maxDepth + 1 });
    private long _offset;
    private int _line = 1;
    private int _column = 1;

    /// <summary>The next value; null at the end.</summary>
    /// <exception cref="MalformedTextException">The text is no JSON, or above a limit.</exception>
    public Node? Next()
    {
        try
        {
            if (!_reader.Read()) return null;
            budget.AddDocument(At());
            return Compose(1);
        }
        catch (JsonException e)
        {
            (int line, int column) = (checked((int)(e.LineNumber ?? 0) + 1), checked((int)(e.BytePositionInLine ?? 0) + 1));
            throw new MalformedTextException(new(line, column), "the text is no valid JSON here", "look for a missing comma, quote or bracket, a comment or a comma too many");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in an escape: no text at all.
            throw new MalformedTextException(At(), "the escape \\u is half a character", "write both halves of the pair, or the character itself");
        }
    }

    private Node Compose(int depth)
    {
        Position at = At();
        budget.AddNode(at, _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? depth : depth - 1);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var entries = new List<MappingEntry>();
                while (Advance() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    Position keyAt = At();
                    string key = _reader.GetString()!;
                    Advance();
                    entries.Add(new(key, keyAt, Compose(depth + 1)));
                }
                return new MappingNode(at, entries);
            case JsonTokenType.StartArray:
                var items = new List<Node>();
                while (Advance() && _reader.TokenType != JsonTokenType.EndArray) items.Add(Compose(depth + 1));
                return new SequenceNode(at, items);
            case JsonTokenType.String:
                return new ScalarNode(at, _reader.GetString()!, ScalarType.Text);
            case JsonTokenType.Number:
                string number = Encoding.ASCII.GetString(_reader.ValueSpan);
                return new ScalarNode(at, number, number.AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? ScalarType.Integer : ScalarType.Number);
            case JsonTokenType.True or JsonTokenType.False:
                return new ScalarNode(at, _reader.TokenType == JsonTokenType.True ? "true" : "false", ScalarType.Boolean);
            default:
                return new ScalarNode(at, "", ScalarType.Null);
        }
    }

    private bool Advance() => _reader.Read();

    // Tokens come in order, so the whole text is walked once for all places.
    private Position At()
    {
        long target = Math.Max(_reader.TokenStartIndex, _offset);
        ReadOnlySpan<byte> passed = _utf8[(int)_offset..(int)target];
        int lines = passed.Count((byte)'\n');
        _line += lines;
        int start = passed.LastIndexOf((byte)'\n') + 1;
        if (lines > 0) _column = 1;
        _column += Encoding.UTF8.GetCharCount(passed[start..]);
        _offset = target;
        return new(_line, _column);
    }
}
