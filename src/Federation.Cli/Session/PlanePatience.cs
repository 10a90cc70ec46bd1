using System.Globalization;
using Federation.Client;

namespace Federation.Cli.Session;

/// <summary>How long a command waits for a plane that restarts under it, and what it says meanwhile.</summary>
/// <param name="tell">Where it says so.</param>
internal sealed class PlanePatience(Action<string> tell)
{
    /// <summary>Longer than any service of the plane takes to be back.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // A blip that one more try mends is not worth a line.
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);
    private bool _told;

    public FederationClientOptions Options => new() { RetryKnownFor = Limit, Retrying = Tell };

    /// <summary>Asks the plane something that somebody waits for, no longer than they wait.</summary>
    /// <param name="timeout">What was to be waited in all.</param>
    /// <param name="start">When the waiting began.</param>
    /// <param name="ask">The question.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="CliException">The time ran out before the plane answered.</exception>
    public static async Task<T> WithinAsync<T>(TimeSpan timeout, long start, Func<CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        TimeSpan left = timeout - TimeProvider.System.GetElapsedTime(start);
        // A last look is taken even where no time is left: it is what the message is made of.
        deadline.CancelAfter(left > LastLook ? left : LastLook);
        try
        {
            return await ask(deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Timeout, string.Create(CultureInfo.InvariantCulture, $"the plane does not answer, and {timeout.TotalSeconds:0} s are over"), "what was begun goes on; see it later with: fedctl get workloads");
        }
    }

    // Requests that fail together tell it once.
    private void Tell(RequestRetry retry)
    {
        if (retry.Elapsed < Silent) _told = false;
        else if (!_told)
        {
            _told = true;
            string reason = retry.Failure is ApiException refusal ? (refusal.Detail ?? refusal.Title).TrimEnd('.') : string.Create(CultureInfo.InvariantCulture, $"{retry.Server} does not answer ({retry.Failure.Message})");
            tell(string.Create(CultureInfo.InvariantCulture, $"{reason}; trying again for up to {retry.Limit.TotalSeconds:0} s"));
        }
    }
}
