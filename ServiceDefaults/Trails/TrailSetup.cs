using Federation.ServiceDefaults.Hosting;
using Federation.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Trails;

/// <summary>Adds the loop that bounds a store's trails.</summary>
public static class TrailSetup
{
    /// <summary>Bounds the trails of a store that is open already.</summary>
    public static void AddTrails(this IServiceCollection services, IStore store, params TrailBound[] bounds) => services.AddLoops(provider =>
        [("trails", new TrailLoop(store, bounds, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TrailLoop>>()).RunAsync)]);
}
