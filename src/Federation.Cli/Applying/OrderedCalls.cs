namespace Federation.Cli.Applying;

/// <summary>Calls that may go side by side, told in the order of their items.</summary>
internal static class OrderedCalls
{
    /// <summary>How many are under way at most.</summary>
    public const int AtOnce = 8;

    /// <summary>
    /// Calls for each item, and tells each answer in the order of the items. After a failure no call begins; those that are under way end, the answers
    /// among them are told, as what they changed is changed, and the first failure is thrown.
    /// </summary>
    public static async Task RunAsync<TItem, TAnswer>(IEnumerable<TItem> items, Func<TItem, Task<TAnswer>> call, Action<TItem, TAnswer> tell)
    {
        using IEnumerator<TItem> left = items.GetEnumerator();
        var underWay = new Queue<(TItem Item, Task<TAnswer> Answer)>();
        Task<TAnswer>? failed = null;
        try
        {
            while (true)
            {
                while (failed is null && underWay.Count < AtOnce && !underWay.Any(static other => other.Answer.IsFaulted || other.Answer.IsCanceled) && left.MoveNext()) underWay.Enqueue((left.Current, call(left.Current)));
                if (!underWay.TryDequeue(out (TItem Item, Task<TAnswer> Answer) first)) break;
                await Task.WhenAny(first.Answer);
                if (first.Answer.IsCompletedSuccessfully) tell(first.Item, await first.Answer);
                else failed ??= first.Answer;
            }
        }
        finally
        {
            // Where nobody can be told any more, they still end.
            await Task.WhenAny(Task.WhenAll(underWay.Select(static other => other.Answer)));
        }
        if (failed is not null) await failed;
    }
}
