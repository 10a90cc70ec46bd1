using System.Globalization;

namespace Federation.Manifests;

/// <summary>One broken rule in an input, with its place. Never a confidential value.</summary>
/// <param name="Source">The file, <c>-</c> for standard input, or what the caller named the text.</param>
/// <param name="Path">Where in the document, as a path of members and indexes: <c>spec.template.ports[0].name</c>; empty where there is none.</param>
/// <param name="Line">The line, counted from 1; 0 where there is none.</param>
/// <param name="Column">The column, counted from 1; 0 where there is none.</param>
/// <param name="Rule">The rule, as a sentence without a full stop.</param>
/// <param name="Suggestion">What would make it pass, if known.</param>
public sealed record ManifestError(string Source, string Path, int Line, int Column, string Rule, string? Suggestion = null)
{
    /// <summary>One line for a person: <c>web.yaml:12:5: spec.replcias: unknown field; did you mean replicas?</c></summary>
    public override string ToString()
    {
        string place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}") : Source;
        string path = Path.Length > 0 ? $"{Path}: " : "";
        string suggestion = Suggestion is null ? "" : $"; {Suggestion}";
        return $"{place}: {path}{Rule}{suggestion}";
    }
}
