using System.Text;

namespace Federation.Manifests.Compose.Values;

/// <summary>
/// Puts variables into a text: <c>$VAR</c>, <c>${VAR}</c>, with <c>:-</c> and <c>-</c> what stands where there is none, with <c>:?</c> and <c>?</c> the refusal,
/// with <c>:+</c> and <c>+</c> what stands where there is one; <c>$$</c> is a dollar sign. What stands in may hold variables itself.
/// </summary>
/// <param name="variable">A variable's value; null where it is not set.</param>
/// <param name="budget">How many characters may be made in all.</param>
internal sealed class Interpolator(Func<string, string?> variable, long budget)
{
    private const int MaxDepth = 32;
    private long _made;

    /// <summary>The text with its variables.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unset">Told of each variable that is not set and has no other.</param>
    /// <exception cref="FormatException">The text breaks a rule, or its author's; the message says which, and never a value.</exception>
    public string Fill(string text, Action<string> unset) => text.Contains('$', StringComparison.Ordinal) ? Fill(text, unset, 0) : text;

    /// <summary>Whether a word is a variable's name.</summary>
    public static bool IsName(ReadOnlySpan<char> word)
    {
        if (word.Length == 0 || char.IsAsciiDigit(word[0])) return false;
        foreach (char c in word)
        {
            if (!IsPart(c)) return false;
        }
        return true;
    }

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private string Fill(string text, Action<string> unset, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"variables stand in each other at most {MaxDepth} deep");
        var filled = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            int dollar = text.IndexOf('$', at);
            if (dollar < 0) dollar = text.Length;
            Append(filled, text.AsSpan(at, dollar - at));
            if (dollar == text.Length) break;
            at = dollar + 1;
            switch (at < text.Length ? text[at] : '\0')
            {
                case '$':
                    Append(filled, "$");
                    at++;
                    break;
                case '{':
                    int end = EndOf(text, at + 1);
                    Append(filled, Braced(text[(at + 1)..end], unset, depth));
                    at = end + 1;
                    break;
                case var first when IsPart(first) && !char.IsAsciiDigit(first):
                    int stop = at;
                    while (stop < text.Length && IsPart(text[stop])) stop++;
                    Append(filled, Value(text[at..stop], unset));
                    at = stop;
                    break;
                default:
                    throw new FormatException("a dollar sign that begins no variable is written $$");
            }
        }
        return filled.ToString();
    }

    private string Braced(string inside, Action<string> unset, int depth)
    {
        int length = 0;
        while (length < inside.Length && IsPart(inside[length])) length++;
        string name = inside[..length];
        if (!IsName(name)) throw new FormatException("${ is followed by a variable's name: letters, digits and '_', not beginning with a digit");
        if (length == inside.Length) return Value(name, unset);
        bool empty = inside[length] == ':';
        int mark = length + (empty ? 1 : 0);
        string other = mark < inside.Length ? inside[(mark + 1)..] : "";
        string? value = variable(name);
        bool has = value is not null && !(empty && value.Length == 0);
        return (mark < inside.Length ? inside[mark] : '\0') switch
        {
            '-' => has ? value! : Fill(other, unset, depth + 1),
            '+' => has ? Fill(other, unset, depth + 1) : "",
            '?' when has => value!,
            '?' => throw new FormatException(other.Length > 0 ? $"the variable {name} is required: {Fill(other, unset, depth + 1)}" : $"the variable {name} is required"),
            _ => throw new FormatException($"behind ${{{name} stands }}, or one of :- - :? ? :+ + and a text"),
        };
    }

    private string Value(string name, Action<string> unset)
    {
        if (variable(name) is { } value) return value;
        unset(name);
        return "";
    }

    // The brace that closes; those of variables inside are passed.
    private static int EndOf(string text, int at)
    {
        int depth = 0;
        for (int i = at; i < text.Length; i++)
        {
            if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '$') i++;
            else if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{') (depth, i) = (depth + 1, i + 1);
            else if (text[i] == '}' && depth-- == 0) return i;
        }
        throw new FormatException("${ is not closed by }");
    }

    private void Append(StringBuilder filled, ReadOnlySpan<char> text)
    {
        _made += text.Length;
        if (_made > budget) throw new FormatException($"variables make at most {budget} characters of a stack");
        filled.Append(text);
    }
}
