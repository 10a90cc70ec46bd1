// Each class starts a whole plane: two at once would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
