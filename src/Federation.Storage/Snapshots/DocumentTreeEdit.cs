namespace Federation.Storage.Snapshots;

/// <summary>
/// Builds the next tree from one that readers still hold: nodes with another owner are copied before they are changed,
/// own ones are changed in place. An edit that is dropped leaves no trace.
/// </summary>
internal sealed class DocumentTreeEdit(DocumentTree tree, object owner)
{
    private const int Width = DocumentTreeNode.Width;
    private DocumentTreeNode _root = tree.Root;

    public StoredDocument? Find(string key) => DocumentTree.Find(_root, key);

    public DocumentTree ToTree() => _root == tree.Root ? tree : new(_root);

    public void Put(StoredDocument document)
    {
        _root = Put(_root, document, out var right, out string? separator);
        if (right is null) return;
        var root = new DocumentTreeBranch(owner) { Count = 2 };
        (root.Children[0], root.Separators[0]) = (_root, "");
        (root.Children[1], root.Separators[1]) = (right, separator!);
        _root = root;
    }

    public void Remove(string key)
    {
        if (Find(key) is null) return;
        _root = Remove(_root, key);
        while (_root is DocumentTreeBranch { Count: 1 } branch) _root = branch.Children[0];
        if (_root is DocumentTreeBranch { Count: 0 }) _root = DocumentTree.Empty.Root;
    }

    private DocumentTreeNode Put(DocumentTreeNode node, StoredDocument document, out DocumentTreeNode? right, out string? separator)
    {
        if (node is DocumentTreeLeaf leaf) return PutInLeaf(leaf, document, out right, out separator);

        var branch = Own((DocumentTreeBranch)node);
        int at = branch.Search(document.Key.Key);
        branch.Children[at] = Put(branch.Children[at], document, out var childRight, out string? childSeparator);
        (right, separator) = (null, null);
        if (childRight is null) return branch;

        if (branch.Count == Width)
        {
            int cut = at == Width - 1 ? Width - 1 : Width / 2;
            var upper = new DocumentTreeBranch(owner) { Count = Width - cut };
            Array.Copy(branch.Children, cut, upper.Children, 0, upper.Count);
            Array.Copy(branch.Separators, cut, upper.Separators, 0, upper.Count);
            Array.Clear(branch.Children, cut, upper.Count);
            Array.Clear(branch.Separators, cut, upper.Count);
            branch.Count = cut;
            (right, separator) = (upper, upper.Separators[0]);
            if (at >= cut)
            {
                InsertChild(upper, at - cut + 1, childRight, childSeparator!);
                return branch;
            }
        }
        InsertChild(branch, at + 1, childRight, childSeparator!);
        return branch;
    }

    private DocumentTreeLeaf PutInLeaf(DocumentTreeLeaf leaf, StoredDocument document, out DocumentTreeNode? right, out string? separator)
    {
        (right, separator) = (null, null);
        leaf = Own(leaf);
        int at = leaf.Search(document.Key.Key);
        if (at >= 0)
        {
            leaf.Items[at] = document;
            return leaf;
        }

        at = ~at;
        var target = leaf;
        if (leaf.Count == Width)
        {
            // Keys often arrive in rising order: then the left half stays full.
            int cut = at == Width ? Width : Width / 2;
            var upper = new DocumentTreeLeaf(owner) { Count = Width - cut };
            Array.Copy(leaf.Items, cut, upper.Items, 0, upper.Count);
            Array.Clear(leaf.Items, cut, upper.Count);
            leaf.Count = cut;
            right = upper;
            if (at > cut || at == Width) (target, at) = (upper, at - cut);
        }
        Array.Copy(target.Items, at, target.Items, at + 1, target.Count - at);
        target.Items[at] = document;
        target.Count++;
        if (right is DocumentTreeLeaf newLeaf) separator = newLeaf.Items[0].Key.Key;
        return leaf;
    }

    private DocumentTreeNode Remove(DocumentTreeNode node, string key)
    {
        if (node is DocumentTreeLeaf leaf)
        {
            leaf = Own(leaf);
            int found = leaf.Search(key);
            leaf.Count--;
            Array.Copy(leaf.Items, found + 1, leaf.Items, found, leaf.Count - found);
            leaf.Items[leaf.Count] = null!;
            return leaf;
        }

        var branch = Own((DocumentTreeBranch)node);
        int at = branch.Search(key);
        var child = branch.Children[at] = Remove(branch.Children[at], key);
        if (child.Count == 0) RemoveChild(branch, at);
        else if (child.Count <= Width / 4) Join(branch, at);
        return branch;
    }

    /// <summary>Joins a thin child with a neighbour where both fit into one node.</summary>
    private void Join(DocumentTreeBranch branch, int at)
    {
        if (branch.Count == 1) return;
        int left = at == 0 ? 0 : at - 1;
        if (branch.Children[left].Count + branch.Children[left + 1].Count > Width) return;
        if (branch.Children[left] is DocumentTreeLeaf first)
        {
            var second = (DocumentTreeLeaf)branch.Children[left + 1];
            branch.Children[left] = first = Own(first);
            Array.Copy(second.Items, 0, first.Items, first.Count, second.Count);
            first.Count += second.Count;
        }
        else
        {
            var lower = Own((DocumentTreeBranch)branch.Children[left]);
            var upper = (DocumentTreeBranch)branch.Children[left + 1];
            branch.Children[left] = lower;
            Array.Copy(upper.Children, 0, lower.Children, lower.Count, upper.Count);
            Array.Copy(upper.Separators, 0, lower.Separators, lower.Count, upper.Count);
            // The first separator of a node counts as the lowest key; inside another node it must be a true one.
            lower.Separators[lower.Count] = branch.Separators[left + 1];
            lower.Count += upper.Count;
        }
        RemoveChild(branch, left + 1);
    }

    private static void InsertChild(DocumentTreeBranch branch, int at, DocumentTreeNode child, string separator)
    {
        Array.Copy(branch.Children, at, branch.Children, at + 1, branch.Count - at);
        Array.Copy(branch.Separators, at, branch.Separators, at + 1, branch.Count - at);
        branch.Children[at] = child;
        branch.Separators[at] = separator;
        branch.Count++;
    }

    private static void RemoveChild(DocumentTreeBranch branch, int at)
    {
        branch.Count--;
        Array.Copy(branch.Children, at + 1, branch.Children, at, branch.Count - at);
        Array.Copy(branch.Separators, at + 1, branch.Separators, at, branch.Count - at);
        branch.Children[branch.Count] = null!;
        branch.Separators[branch.Count] = null!;
    }

    private DocumentTreeLeaf Own(DocumentTreeLeaf leaf)
    {
        if (leaf.Owner == owner) return leaf;
        var copy = new DocumentTreeLeaf(owner) { Count = leaf.Count };
        Array.Copy(leaf.Items, copy.Items, leaf.Count);
        return copy;
    }

    private DocumentTreeBranch Own(DocumentTreeBranch branch)
    {
        if (branch.Owner == owner) return branch;
        var copy = new DocumentTreeBranch(owner) { Count = branch.Count };
        Array.Copy(branch.Children, copy.Children, branch.Count);
        Array.Copy(branch.Separators, copy.Separators, branch.Count);
        return copy;
    }
}
