using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Hosting;

/// <summary>
/// Runs a service's loops for as long as the service lives. A loop that ends otherwise than by the service's stop ends the service:
/// whoever started it starts it again, and the next one takes the store's leadership.
/// </summary>
/// <param name="loops">Name and body of each loop.</param>
/// <param name="lifetime">The service's life.</param>
/// <param name="logger">Where a loop's failure is told.</param>
public sealed partial class LoopHost(
    IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> loops, IHostApplicationLifetime lifetime, ILogger<LoopHost> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(loops.Select(loop => RunAsync(loop.Name, loop.Run, stoppingToken)));

    private async Task RunAsync(string name, Func<CancellationToken, Task> run, CancellationToken stoppingToken)
    {
        try
        {
            await run(stoppingToken);
            if (stoppingToken.IsCancellationRequested) return;
            LogEnded(logger, name);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            LogFailed(logger, e, name);
        }
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(EventId = 1202, Level = LogLevel.Critical, Message = "Loop {Loop} ended by itself; the service ends")]
    private static partial void LogEnded(ILogger logger, string loop);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Critical, Message = "Loop {Loop} failed; the service ends")]
    private static partial void LogFailed(ILogger logger, Exception exception, string loop);
}
