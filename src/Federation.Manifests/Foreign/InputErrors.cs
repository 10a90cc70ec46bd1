using Federation.Manifests.Nodes;

namespace Federation.Manifests.Foreign;

/// <summary>Gathers what is wrong, and what is warned of, in all texts that are read together.</summary>
internal sealed class InputErrors(string source, ReadLimits limits)
{
    private readonly List<ManifestError> _errors = [];
    private readonly List<ManifestError> _warnings = [];
    private readonly HashSet<ManifestError> _told = [];
    private readonly List<string> _order = [];
    private int _left;

    public int Count => _errors.Count + _left;

    public void Add(Position at, string path, string rule, string? suggestion = null) => Add(new ManifestError(at.Source ?? source, path, at.Line, at.Column, rule, suggestion));

    public void Add(ManifestError error)
    {
        if (!_told.Add(error)) return;
        Note(error.Source);
        if (_errors.Count < limits.MaxErrors) _errors.Add(error);
        else _left++;
    }

    public void Warn(Position at, string path, string rule, string? suggestion = null) => Warn(new ManifestError(at.Source ?? source, path, at.Line, at.Column, rule, suggestion));

    public void Warn(ManifestError warning)
    {
        Note(warning.Source);
        if (_told.Add(warning)) _warnings.Add(warning);
    }

    public IReadOnlyList<ManifestError> Errors => _left == 0 ? Ordered(_errors) : [.. Ordered(_errors), new(source, "", 0, 0, $"{_left} more errors are not shown", "mend the first ones and try again")];

    public IReadOnlyList<ManifestError> Warnings => Ordered(_warnings);

    private void Note(string name)
    {
        if (!_order.Contains(name)) _order.Add(name);
    }

    private ManifestError[] Ordered(List<ManifestError> all) =>
        [.. all.OrderBy(error => _order.IndexOf(error.Source)).ThenBy(static error => error.Line).ThenBy(static error => error.Column).ThenBy(static error => error.Path, StringComparer.Ordinal)];
}
