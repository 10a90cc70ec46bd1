using Federation.Manifests.Nodes;

namespace Federation.Manifests.Binding;

/// <summary>Gathers the errors of one file, up to a limit.</summary>
internal sealed class DocumentErrors(string source, ReadLimits limits)
{
    private readonly List<ManifestError> _errors = [];
    private int _left;

    public int Count => _errors.Count + _left;

    public void Add(Position at, string path, string rule, string? suggestion = null) => Add(new ManifestError(source, path, at.Line, at.Column, rule, suggestion));

    public void Add(ManifestError error)
    {
        if (_errors.Count < limits.MaxErrors) _errors.Add(error);
        else _left++;
    }

    /// <summary>Paths of the errors from one count on.</summary>
    public IReadOnlyList<string> PathsFrom(int count) => [.. _errors.Skip(count).Select(static error => error.Path)];

    /// <summary>The errors in the order of the text.</summary>
    public IReadOnlyList<ManifestError> ToList()
    {
        ManifestError[] ordered = [.. _errors.OrderBy(static error => error.Line).ThenBy(static error => error.Column)];
        if (_left == 0) return ordered;
        return [.. ordered, new ManifestError(source, "", 0, 0, $"{_left} more errors are not shown", "mend the first ones and try again")];
    }
}
