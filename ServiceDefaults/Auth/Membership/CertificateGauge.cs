using System.Diagnostics.Metrics;
using Federation.Security.Enrollment;

namespace Federation.ServiceDefaults.Auth;

/// <summary>When this process's certificate ends.</summary>
public sealed class CertificateGauge : IDisposable
{
    private readonly Meter _meter = new("Federation.Membership");

    /// <summary>Begins to tell.</summary>
    public CertificateGauge(CertificateKeeper keeper) => _meter.CreateObservableGauge(
        "federation.certificate.not_after.timestamp",
        () => keeper.Current is { } current ? [new Measurement<long>(current.NotAfter.ToUnixTimeSeconds())] : Array.Empty<Measurement<long>>(),
        "s", "When the certificate in use ends, in seconds since 1970.");

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
