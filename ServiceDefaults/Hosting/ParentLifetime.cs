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
        Stream input = Console.OpenStandardInput();
        byte[] ignored = new byte[256];
        // A read of standard input cannot be cancelled: stopping leaves it behind rather than wait for it.
        while (await input.ReadAsync(ignored, CancellationToken.None).AsTask().WaitAsync(stoppingToken) > 0) { }
        LogParentGone(logger);
        lifetime.StopApplication();
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "The process that started this service is gone; ending")]
    private static partial void LogParentGone(ILogger logger);
}
