namespace Simulation.Tests.Engine;

/// <summary>What is ready, in order of arrival. Any of the first few is taken as cheaply as the first.</summary>
internal sealed class ReadyQueue
{
    private WorkItem[] _items = new WorkItem[64];
    private int _first;

    public int Count { get; private set; }

    public void Add(WorkItem item)
    {
        if (Count == _items.Length) Grow();
        _items[(_first + Count++) & (_items.Length - 1)] = item;
    }

    /// <summary>Takes the item at an index; those before it keep their order.</summary>
    public WorkItem Take(int index)
    {
        int mask = _items.Length - 1;
        WorkItem taken = _items[(_first + index) & mask];
        for (int i = index; i > 0; i--) _items[(_first + i) & mask] = _items[(_first + i - 1) & mask];
        _items[_first] = default;
        _first = (_first + 1) & mask;
        Count--;
        return taken;
    }

    private void Grow()
    {
        var larger = new WorkItem[_items.Length * 2];
        for (int i = 0; i < Count; i++) larger[i] = _items[(_first + i) & (_items.Length - 1)];
        (_items, _first) = (larger, 0);
    }
}
