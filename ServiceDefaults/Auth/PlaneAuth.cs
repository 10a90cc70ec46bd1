using Federation.Grpc.Server;
using Federation.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Who may call a service: tokens on its REST door, certificates on its gRPC door.</summary>
public static class PlaneAuth
{
    /// <summary>
    /// Adds all a service needs but Identity: membership of the plane, both listeners, and checks of tokens and peers.
    /// Map endpoints with <see cref="AccessConventions"/>, gRPC methods with <see cref="AllowedPeers"/>.
    /// </summary>
    public static WebApplicationBuilder AddPlaneAuth(this WebApplicationBuilder builder)
    {
        builder.AddPlaneMembership(PlaneMembership.ServiceOptions(builder.Configuration));
        builder.AddServiceListeners();
        builder.AddTokenChecks();
        builder.AddPeerChecks();
        return builder;
    }

    /// <summary>Checks bearer tokens by the keys that Identity publishes.</summary>
    public static WebApplicationBuilder AddTokenChecks(this WebApplicationBuilder builder)
    {
        builder.AddAccessGate();
        builder.Services.TryAddSingleton<RevokedPeers>();
        builder.Services.AddSingleton<IdentityTokenKeys>();
        builder.Services.AddSingleton<ITokenKeySource>(provider => provider.GetRequiredService<IdentityTokenKeys>());
        builder.Services.AddSingleton<IdentityRevocations>();
        builder.Services.AddLoops(provider =>
        [
            ("token keys", provider.GetRequiredService<IdentityTokenKeys>().RunAsync),
            ("revocations", provider.GetRequiredService<IdentityRevocations>().RunAsync),
        ]);
        return builder;
    }

    /// <summary>Refuses to start while an endpoint does not say who may call it.</summary>
    public static WebApplicationBuilder AddAccessGate(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccessGate>();
        builder.Services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<AccessGate>());
        return builder;
    }

    /// <summary>Checks the peers of gRPC calls by their certificates.</summary>
    public static WebApplicationBuilder AddPeerChecks(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<RevokedPeers>();
        builder.Services.AddGrpcServer(options => options.Authorize = PeerFeatures.Authorize);
        return builder;
    }

    /// <summary>Puts the checks before the endpoints. The service does not start while an endpoint under <c>/v1</c> does not say who may call it.</summary>
    public static WebApplication UsePlaneAuth(this WebApplication app)
    {
        app.UseMiddleware<AccessMiddleware>();
        app.Services.GetRequiredService<AccessGate>().Endpoints = app;
        return app;
    }
}
