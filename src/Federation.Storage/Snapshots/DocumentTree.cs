namespace Federation.Storage.Snapshots;

/// <summary>An immutable sorted set of documents of one kind. Reads need no lock; an edit copies only the nodes it touches.</summary>
internal sealed class DocumentTree(DocumentTreeNode root)
{
    public static DocumentTree Empty { get; } = new(new DocumentTreeLeaf(null));

    public DocumentTreeNode Root { get; } = root;

    public bool IsEmpty => Root.Count == 0;

    public StoredDocument? Find(string key) => Find(Root, key);

    public static StoredDocument? Find(DocumentTreeNode node, string key)
    {
        while (node is DocumentTreeBranch branch) node = branch.Children[branch.Search(key)];
        var leaf = (DocumentTreeLeaf)node;
        int at = leaf.Search(key);
        return at >= 0 ? leaf.Items[at] : null;
    }

    /// <summary>The documents from the key on, in order.</summary>
    public IEnumerable<StoredDocument> From(string key)
    {
        var path = new Stack<(DocumentTreeBranch Branch, int Next)>();
        var node = Root;
        while (node is DocumentTreeBranch branch)
        {
            int child = branch.Search(key);
            path.Push((branch, child + 1));
            node = branch.Children[child];
        }

        var leaf = (DocumentTreeLeaf)node;
        int at = leaf.Search(key);
        if (at < 0) at = ~at;
        while (true)
        {
            for (; at < leaf.Count; at++) yield return leaf.Items[at];
            while (path.Count > 0 && path.Peek().Next == path.Peek().Branch.Count) path.Pop();
            if (path.Count == 0) yield break;
            (var parent, int next) = path.Pop();
            path.Push((parent, next + 1));
            node = parent.Children[next];
            while (node is DocumentTreeBranch branch)
            {
                path.Push((branch, 1));
                node = branch.Children[0];
            }
            leaf = (DocumentTreeLeaf)node;
            at = 0;
        }
    }
}
