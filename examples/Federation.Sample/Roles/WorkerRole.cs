using System.Globalization;

namespace Federation.Sample.Roles;

/// <summary>Works without a port: calls the api again and again, and logs what it heard.</summary>
internal static class WorkerRole
{
    public static async Task<int> RunAsync(ReplicaIdentity self)
    {
        using var stopping = new Stopping();
        using var api = new ApiCaller();
        double seconds = double.TryParse(Environment.GetEnvironmentVariable("INTERVAL_SECONDS"), CultureInfo.InvariantCulture, out double given) ? given : 2;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds));
        Console.WriteLine($"worker {self.Version} begins");
        try
        {
            for (int round = 1; await timer.WaitForNextTickAsync(stopping.Token); round++)
                Console.WriteLine(api.Configured ? $"round {round}: {await AskAsync(api, stopping.Token)}" : $"round {round}");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"worker {self.Version} stops");
        }
        return 0;
    }

    private static async Task<string> AskAsync(ApiCaller api, CancellationToken ct)
    {
        try
        {
            return $"api in {(await api.GetAsync(ct))?["cluster"]} answered";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return $"the api did not answer: {failure.Message}";
        }
    }
}
