namespace EndToEnd.Tests.Load;

/// <summary>What must hold of a load's requests.</summary>
internal static class LoadAssert
{
    private const int Shown = 20;

    public static void NoneFailed(IEnumerable<LoadRequest> requests) => NoneFailed("no request fails", requests);

    public static void NoneFailed(string rule, IEnumerable<LoadRequest> requests)
    {
        LoadRequest[] all = [.. requests];
        LoadRequest[] failed = [.. all.Where(request => request.Failure is not null)];
        Assert.NotEmpty(all);
        Assert.True(failed.Length == 0, $"{rule}, but {failed.Length} of {all.Length} did:\n{string.Join('\n', failed.Take(Shown))}");
    }
}
