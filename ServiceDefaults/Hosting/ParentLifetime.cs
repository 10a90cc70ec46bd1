using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Hosting;

/// <summary>
/// Ends this service when the process that started it is gone: its end of our standard input closes with it, however it ended.
/// Asked for by <c>Federation__EndWithParent=true</c>.
/// </summary>
public sealed partial class ParentLifetime(IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<ParentLifetime> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue<bool>("Federation:EndWithParent")) return;
        // A read of standard input blocks its thread, and cannot be cancelled: on a thread of its own it takes none of the pool's, which on one core has no
        // other; stopping leaves it behind rather than wait for it.
        await Task.Factory.StartNew(ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(stoppingToken);
        LogParentGone(logger);
        lifetime.StopApplication();
    }

    private static void ReadToEnd()
    {
        using Stream input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0) { }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "The process that started this service is gone; ending")]
    private static partial void LogParentGone(ILogger logger);
}
