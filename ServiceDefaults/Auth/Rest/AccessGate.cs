using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Stops a service's start while an endpoint does not say who may call it.</summary>
public sealed class AccessGate : IHostedLifecycleService
{
    public IEndpointRouteBuilder? Endpoints { get; set; }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (Endpoints is null) throw new InvalidOperationException("call UsePlaneAuth before the service is run");
        IReadOnlyList<string> undeclared = AccessReview.Undeclared(Endpoints.DataSources.SelectMany(source => source.Endpoints));
        return undeclared.Count == 0
            ? Task.CompletedTask
            : throw new InvalidOperationException($"these endpoints do not say who may call them (RequireViewer ... or AllowAnonymousCaller): {string.Join("; ", undeclared)}");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
