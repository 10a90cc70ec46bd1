using System.Globalization;

namespace Federation.Manifests.Nodes;

/// <summary>Counts what one file holds, and ends the reading where it holds too much.</summary>
internal sealed class NodeBudget(ReadLimits limits)
{
    private int _nodes;
    private int _aliased;
    private int _documents;

    public void AddDocument(Position at)
    {
        if (++_documents > limits.MaxDocuments)
            throw new MalformedTextException(at, string.Create(CultureInfo.InvariantCulture, $"a file has at most {limits.MaxDocuments} documents"), "split it into several files");
    }

    public void AddNode(Position at, int depth)
    {
        if (++_nodes > limits.MaxNodes)
            throw new MalformedTextException(at, string.Create(CultureInfo.InvariantCulture, $"a file has at most {limits.MaxNodes} values"), "split it into several files");
        RequireDepth(at, depth);
    }

    public void AddAlias(Position at, Node target, int depth)
    {
        _aliased += target.Size;
        if (_aliased > limits.MaxAliasedNodes)
            throw new MalformedTextException(at, string.Create(CultureInfo.InvariantCulture, $"the aliases of a file repeat at most {limits.MaxAliasedNodes} values"), "write fewer aliases, or none");
        RequireDepth(at, depth + target.Height);
    }

    private void RequireDepth(Position at, int depth)
    {
        if (depth > limits.MaxDepth)
            throw new MalformedTextException(at, string.Create(CultureInfo.InvariantCulture, $"values are nested at most {limits.MaxDepth} levels deep"));
    }
}
