using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.Cli.Rendering.Templates;

/// <summary>A path into JSON as kubectl writes it: <c>.spec.template.ports[*].name</c>, <c>..image</c>, <c>[?(@.ready==true)]</c>, <c>[-1:]</c>.</summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Step> _steps;
    private readonly bool _fromRoot;

    private JsonPath(IReadOnlyList<Step> steps, bool fromRoot) => (_steps, _fromRoot) = (steps, fromRoot);

    /// <exception cref="FormatException">It is no path; the message says where.</exception>
    public static JsonPath Parse(string text)
    {
        var reader = new PathReader(text);
        JsonPath path = Read(ref reader);
        if (!reader.AtEnd) throw reader.Wrong("is not understood");
        return path;
    }

    /// <summary>All values that the path leads to; none where it leads nowhere.</summary>
    /// <param name="root">What <c>$</c> means.</param>
    /// <param name="current">What <c>@</c>, or no letter in front, means.</param>
    public IReadOnlyList<JsonNode?> Select(JsonNode? root, JsonNode? current)
    {
        IEnumerable<JsonNode?> found = [_fromRoot ? root : current];
        foreach (Step step in _steps) found = found.SelectMany(node => step.From(root, node));
        return [.. found];
    }

    /// <summary>A value as text: strings without quotes, all else as JSON.</summary>
    public static string Text(JsonNode? value) => value switch
    {
        null => "",
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => scalar.GetValue<string>(),
        _ => value.ToJsonString(Domain.Json.DomainJson.Options),
    };

    private static JsonPath Read(ref PathReader reader)
    {
        bool fromRoot = reader.Take('$');
        if (!fromRoot) reader.Take('@');
        var steps = new List<Step>();
        bool first = true;
        while (!reader.AtEnd)
        {
            if (reader.Take("..")) steps.Add(new Deep(reader.Take('*') ? null : reader.Name()));
            else if (reader.Take(".*")) steps.Add(new Every());
            else if (reader.Take('.'))
            {
                if (!reader.AtEnd && reader.Peek != '[') steps.Add(new Field(reader.Name()));
            }
            else if (reader.Take('[')) steps.Add(Bracket(ref reader));
            else if (first && !fromRoot && reader.AtName) steps.Add(new Field(reader.Name()));
            else break;
            first = false;
        }
        return new JsonPath(steps, fromRoot);
    }

    private static Step Bracket(ref PathReader reader)
    {
        reader.Blanks();
        Step step = reader.Take('*') ? new Every()
            : reader.Take("?(") ? ReadWhere(ref reader)
            : reader.Peek is '\'' or '"' ? new Field(reader.Quoted())
            : ReadRange(ref reader);
        reader.Blanks();
        reader.Expect(']');
        return step;
    }

    private static Slice ReadRange(ref PathReader reader)
    {
        int? from = reader.Number();
        if (!reader.Take(':')) return from is { } index ? new Slice(index, null, 1, Single: true) : throw reader.Wrong("should be a number, '*', a name in quotes or ?(...)");
        int? to = reader.Number();
        int by = reader.Take(':') ? reader.Number() ?? 1 : 1;
        return by > 0 ? new Slice(from, to, by, Single: false) : throw reader.Wrong("has a step below 1");
    }

    private static Where ReadWhere(ref PathReader reader)
    {
        Operand left = ReadOperand(ref reader);
        reader.Blanks();
        string? comparison = null;
        foreach (string known in (string[])["==", "!=", "<=", ">=", "<", ">"])
        {
            if (!reader.Take(known)) continue;
            comparison = known;
            break;
        }
        Operand? right = comparison is null ? null : ReadOperand(ref reader);
        reader.Blanks();
        reader.Expect(')');
        return new Where(left, comparison, right);
    }

    private static Operand ReadOperand(ref PathReader reader)
    {
        reader.Blanks();
        if (reader.AtEnd) throw reader.Wrong("ends where a value should be");
        return reader.Peek switch
        {
            '\'' or '"' => new Operand(null, JsonValue.Create(reader.Quoted())),
            '@' or '$' or '.' => new Operand(Read(ref reader), null),
            _ => new Operand(null, reader.Literal()),
        };
    }

    private abstract record Step
    {
        public abstract IEnumerable<JsonNode?> From(JsonNode? root, JsonNode? node);
    }

    private sealed record Field(string Name) : Step
    {
        public override IEnumerable<JsonNode?> From(JsonNode? root, JsonNode? node) =>
            node is JsonObject map && map.TryGetPropertyValue(Name, out JsonNode? value) ? [value] : [];
    }

    private sealed record Every : Step
    {
        public override IEnumerable<JsonNode?> From(JsonNode? root, JsonNode? node) => Children(node);
    }

    private sealed record Deep(string? Name) : Step
    {
        public override IEnumerable<JsonNode?> From(JsonNode? root, JsonNode? node)
        {
            foreach ((string? name, JsonNode? child) in Named(node))
            {
                if (Name is null || name == Name) yield return child;
                foreach (JsonNode? below in From(root, child)) yield return below;
            }
        }
    }

    private sealed record Slice(int? Start, int? End, int By, bool Single) : Step
    {
        public override IEnumerable<JsonNode?> From(JsonNode? root, JsonNode? node)
        {
            if (node is not JsonArray list) yield break;
            int from = At(Start ?? 0, list.Count), to = Single ? from + 1 : At(End ?? list.Count, list.Count);
            for (int i = Math.Max(from, Single ? from : 0); i < Math.Min(to, list.Count); i += By)
                if (i >= 0) yield return list[i];
        }

        private static int At(int index, int count) => index < 0 ? index + count : index;
    }

    private sealed record Where(Operand Left, string? Comparison, Operand? Right) : Step
    {
        public override IEnumerable<JsonNode?> From(JsonNode? root, JsonNode? node) => Children(node).Where(item => Holds(root, item));

        private bool Holds(JsonNode? root, JsonNode? item)
        {
            IReadOnlyList<JsonNode?> left = Left.Values(root, item);
            if (Right is null) return left.Any(static value => value is not null);
            if (left.Count == 0 || Right.Values(root, item) is not [var right, ..]) return false;
            return left.Any(value => Compares(value, right));
        }

        private bool Compares(JsonNode? left, JsonNode? right)
        {
            int? order = Number(left) is { } a && Number(right) is { } b ? a.CompareTo(b)
                : IsText(left) && IsText(right) ? string.CompareOrdinal(Text(left), Text(right)) : null;
            return Comparison switch
            {
                "==" => order == 0 || (order is null && JsonNode.DeepEquals(left, right)),
                "!=" => order is not null ? order != 0 : !JsonNode.DeepEquals(left, right),
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        }

        private static bool IsText(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String;

        private static decimal? Number(JsonNode? node) =>
            node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;
    }

    private sealed record Operand(JsonPath? Path, JsonNode? Value)
    {
        public IReadOnlyList<JsonNode?> Values(JsonNode? root, JsonNode? item) => Path?.Select(root, item) ?? [Value];
    }

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => Named(node).Select(static child => child.Value);

    private static IEnumerable<(string? Name, JsonNode? Value)> Named(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(static pair => ((string?)pair.Key, pair.Value)),
        JsonArray list => list.Select(static item => ((string?)null, item)),
        _ => [],
    };

    private ref struct PathReader(string text)
    {
        private int _at;

        public readonly bool AtEnd => _at >= text.Length;

        public readonly char Peek => AtEnd ? '\0' : text[_at];

        public readonly bool AtName => IsName(Peek) || Peek == '\\';

        public bool Take(char wanted) => Take(wanted.ToString());

        public bool Take(string wanted)
        {
            if (!text.AsSpan(_at).StartsWith(wanted, StringComparison.Ordinal)) return false;
            _at += wanted.Length;
            return true;
        }

        public void Expect(char wanted)
        {
            if (!Take(wanted)) throw Wrong($"should be '{wanted}'");
        }

        public void Blanks()
        {
            while (Take(' ')) continue;
        }

        // A dot in a name is written \. as kubectl does.
        public string Name()
        {
            var name = new StringBuilder();
            while (!AtEnd && (IsName(text[_at]) || text[_at] == '\\'))
            {
                if (text[_at] == '\\' && ++_at == text.Length) break;
                name.Append(text[_at++]);
            }
            return name.Length > 0 ? name.ToString() : throw Wrong("should be a name");
        }

        public string Quoted()
        {
            char quote = text[_at];
            int end = text.IndexOf(quote, _at + 1);
            if (end < 0) throw Wrong("begins a text that does not end");
            string inside = text[(_at + 1)..end];
            _at = end + 1;
            return inside;
        }

        public int? Number()
        {
            int start = _at;
            if (Peek == '-') _at++;
            while (char.IsAsciiDigit(Peek)) _at++;
            if (_at == start) return null;
            return int.TryParse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out int number) ? number : throw Wrong("is no number");
        }

        public JsonNode Literal()
        {
            int start = _at;
            while (!AtEnd && (char.IsAsciiLetterOrDigit(Peek) || Peek is '-' or '+' or '.')) _at++;
            string word = text[start.._at];
            if (word is "true" or "false") return JsonValue.Create(word == "true");
            if (decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)) return JsonValue.Create(number);
            _at = start;
            throw Wrong("should be a number, true, false, a path from @, or a text in quotes");
        }

        public readonly FormatException Wrong(string what) => new(AtEnd ? $"it ends too early: the end {what}" : $"'{text[_at..]}' {what}");

        private static bool IsName(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '/';
    }
}
