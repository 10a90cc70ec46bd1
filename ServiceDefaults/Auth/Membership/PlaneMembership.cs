using Federation.Domain.Chance;
using Federation.Security.Enrollment;
using Federation.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Makes a process a member of the plane: a certificate that is enrolled for, kept and renewed, and channels that use it.</summary>
public static class PlaneMembership
{
    /// <summary>Adds the <see cref="CertificateKeeper"/>, started and run as a loop, <see cref="PlaneChannels"/> and a health check that waits for the certificate.</summary>
    public static WebApplicationBuilder AddPlaneMembership(this WebApplicationBuilder builder, CertificateKeeperOptions options)
    {
        builder.Services.TryAddSingleton<ICertificateIssuer>(provider => new GrpcCertificateIssuer(
            new Uri(builder.Configuration["services:identity:grpc:0"] ?? throw new InvalidOperationException("services__identity__grpc__0 is not set: where is Identity?")),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(provider => new CertificateKeeper(
            options,
            provider.GetRequiredService<ICertificateIssuer>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IChance>(),
            provider.GetRequiredService<ILogger<CertificateKeeper>>()));
        builder.Services.AddSingleton<PlaneChannels>();
        builder.Services.AddSingleton<CertificateGauge>();
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "certificate",
            provider => new CertificateHealth(provider.GetRequiredService<CertificateKeeper>(), provider.GetRequiredService<TimeProvider>()),
            failureStatus: null, tags: null));
        builder.Services.AddLoops(provider =>
        {
            CertificateKeeper keeper = provider.GetRequiredService<CertificateKeeper>();
            provider.GetRequiredService<CertificateGauge>();
            return
            [
                ("certificate", async stop =>
                {
                    await keeper.StartAsync(stop);
                    await keeper.RunAsync(stop);
                }),
            ];
        });
        return builder;
    }

    /// <summary>The options of a service, from <c>Federation__StateDirectory</c>, <c>Federation__JoinTokenFile</c> and <c>Federation__AuthorityFile</c>.</summary>
    public static CertificateKeeperOptions ServiceOptions(IConfiguration configuration) => new()
    {
        Folder = Path.Combine(
            configuration["Federation:StateDirectory"] ?? throw new InvalidOperationException("Federation__StateDirectory is not set"), "certificate"),
        JoinTokenFile = configuration["Federation:JoinTokenFile"],
        AuthorityFile = configuration["Federation:AuthorityFile"],
        RetryRefusals = true,
    };

    private sealed class CertificateHealth(CertificateKeeper keeper, TimeProvider time) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(keeper.Current switch
        {
            null => HealthCheckResult.Unhealthy("waiting to enroll at Identity"),
            { } current when current.NotAfter <= time.GetUtcNow() => HealthCheckResult.Unhealthy("the certificate has expired and was not renewed yet"),
            _ => HealthCheckResult.Healthy(),
        });
    }
}
