using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Federation.Domain.Chance;
using Federation.Security.Authority;
using Federation.Security.Files;
using Federation.Security.Principals;
using Microsoft.Extensions.Logging;

namespace Federation.Security.Enrollment;

/// <summary>
/// Keeps this machine's key and certificate in a folder: enrolls with a join token once, renews at two thirds of a certificate's life, and comes back from a dark
/// time of up to 30 days by proof of its key. A crash at any instant leaves a state from which <see cref="StartAsync"/> goes on.
/// One keeper a folder; <see cref="Current"/> may be read from any thread.
/// </summary>
public sealed partial class CertificateKeeper(
    CertificateKeeperOptions options, ICertificateIssuer issuer, TimeProvider time, IChance chance, ILogger<CertificateKeeper> logger) : IDisposable
{
    // Machines that were started together do not renew together.
    private const double JitterShare = 0.05;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestRenewalPause = TimeSpan.FromMinutes(1);

    private readonly ILogger<CertificateKeeper> logger = logger;
    private volatile KeptCertificate? _current;
    private MachineKey? _key;

    /// <summary>The newest certificate, perhaps expired; null until <see cref="StartAsync"/> has got one.</summary>
    public KeptCertificate? Current => _current;

    /// <summary>The machine's key. Only after <see cref="StartAsync"/> was called.</summary>
    public MachineKey Key => _key ?? throw new InvalidOperationException("the keeper has not been started");

    private string CertificatePath => Path.Combine(options.Folder, "certificate.pem");

    private string AuthorityPath => Path.Combine(options.Folder, "authority.pem");

    /// <summary>
    /// Loads the certificate, or enrolls; completes once there is one, at once where the folder holds one that at least may be renewed.
    /// </summary>
    /// <exception cref="EnrollmentRefusedException">Identity refused, and <see cref="CertificateKeeperOptions.RetryRefusals"/> is off.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        DurableFile.EnsurePrivateFolder(options.Folder);
        _key = MachineKey.OpenOrCreate(Path.Combine(options.Folder, "key.pem"));
        if (TryLoad()) return;
        TimeSpan pause = options.RetryPause;
        string? lastReason = null;
        while (true)
        {
            try
            {
                await EnrollAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (e is IOException || (e is EnrollmentRefusedException && options.RetryRefusals))
            {
                if (e.Message != lastReason) LogWaiting(e.Message);
                lastReason = e.Message;
            }
            await Task.Delay(pause, time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.MaxRetryPause.Ticks));
        }
    }

    /// <summary>Renews for ever; ends by cancellation alone. A renewal that fails is tried again, ever more slowly, and the present certificate serves on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            KeptCertificate current = _current ?? throw new InvalidOperationException("the keeper has not been started");
            TimeSpan life = current.NotAfter - current.Certificate.NotBefore;
            DateTimeOffset due = current.RenewAt - life * (JitterShare * chance.NextDouble());
            // Short sleeps: the wall clock may jump, and the monotonic one may stand still while the machine sleeps.
            while (time.GetUtcNow() < due)
                await Task.Delay(Nap(due - time.GetUtcNow()), time, cancellationToken);

            TimeSpan pause = options.RetryPause;
            while (ReferenceEquals(_current, current))
            {
                try
                {
                    await RenewAsync(current, cancellationToken);
                }
                catch (Exception e) when (e is IOException or EnrollmentRefusedException)
                {
                    LogNotRenewed(current.NotAfter, e.Message);
                    await Task.Delay(pause, time, cancellationToken);
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestRenewalPause.Ticks));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    // Task.Delay rounds down to milliseconds: less than one would be no sleep at all.
    private static TimeSpan Nap(TimeSpan left) => left > LongestSleep ? LongestSleep : left + TimeSpan.FromMilliseconds(1);

    private bool TryLoad()
    {
        if (!File.Exists(CertificatePath) || !File.Exists(AuthorityPath)) return false;
        PlaneTrust trust = PlaneTrust.FromPem(File.ReadAllText(AuthorityPath));
        if (options.AuthorityFile is { } given && File.Exists(given) && PlaneTrust.FromPem(File.ReadAllText(given)).AuthorityHash != trust.AuthorityHash)
        {
            LogUnusable(options.Folder, $"it is of the plane '{trust.Plane}', and {given} holds another authority");
            return false;
        }
        using var bare = X509Certificate2.CreateFromPem(File.ReadAllText(CertificatePath));
        switch (trust.Judge(bare, time.GetUtcNow()))
        {
            case PeerVerdict.Accepted accepted:
                Hold(trust, bare.RawData, accepted.Peer);
                return true;
            case PeerVerdict.Expired expired:
                Hold(trust, bare.RawData, expired.Peer);
                return true;
            case PeerVerdict.Refused refused:
                LogUnusable(options.Folder, refused.Reason);
                return false;
            default:
                return false;
        }
    }

    private async Task EnrollAsync(CancellationToken cancellationToken)
    {
        JoinToken token = ReadToken();
        PlaneTrust trust = await FindTrustAsync(token, cancellationToken);
        byte[] certificate = await issuer.EnrollAsync(trust, token, Key.CreateSigningRequest(), options.Node, cancellationToken);
        Take(trust, certificate);
    }

    private async Task RenewAsync(KeptCertificate current, CancellationToken cancellationToken)
    {
        byte[] certificate;
        try
        {
            certificate = await issuer.RenewAsync(current.Trust, current.Certificate, Key.CreateSigningRequest(), cancellationToken);
        }
        catch (EnrollmentRefusedException refused) when (options.JoinTokenFile is { } file && File.Exists(file))
        {
            // A service whose certificate is refused has got a new token from Identity; a node may have been given one.
            try
            {
                await EnrollAsync(cancellationToken);
                return;
            }
            catch (EnrollmentRefusedException e)
            {
                throw new EnrollmentRefusedException($"{refused.Message}; with the join token: {e.Message}", e);
            }
        }
        Take(current.Trust, certificate);
    }

    // Authority first: a certificate is never found without the authority it is judged by.
    private void Take(PlaneTrust trust, byte[] certificate)
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(certificate);
        if (trust.Judge(bare, time.GetUtcNow()) is not PeerVerdict.Accepted accepted)
            throw new EnrollmentRefusedException("the certificate that was issued does not hold against the plane's authority (is this machine's clock right?)");
        DurableFile.Replace(AuthorityPath, Encoding.ASCII.GetBytes(trust.ExportPem()));
        DurableFile.Replace(CertificatePath, Encoding.ASCII.GetBytes(bare.ExportCertificatePem() + "\n"));
        Hold(trust, certificate, accepted.Peer);
    }

    private void Hold(PlaneTrust trust, byte[] certificate, Peer self)
    {
        var kept = new KeptCertificate(trust, Key.Bind(certificate), self);
        _current = kept;
        LogHolding(new PeerIdentity(trust.Plane, self).ToString(), kept.NotAfter);
    }

    private JoinToken ReadToken()
    {
        string? text = options.JoinToken;
        string source = "the join token";
        if (options.JoinTokenFile is { } file)
        {
            source = file;
            text = File.Exists(file) ? File.ReadAllText(file) : null;
            if (text is null && options.RetryRefusals) throw new IOException($"the join token file {file} is not there yet");
        }
        if (text is null) throw new EnrollmentRefusedException($"{options.Folder} holds no certificate and there is no join token (make one with: fedctl node join-token CLUSTER)");
        return JoinToken.TryParse(text, out JoinToken? token) ? token : throw new EnrollmentRefusedException($"{source} does not have the form fjt1.ID.SECRET.HASH");
    }

    private async Task<PlaneTrust> FindTrustAsync(JoinToken token, CancellationToken cancellationToken)
    {
        PlaneTrust trust;
        if (options.AuthorityFile is { } file && File.Exists(file))
        {
            trust = PlaneTrust.FromPem(await File.ReadAllTextAsync(file, cancellationToken));
        }
        else
        {
            byte[] der = await issuer.FetchAuthorityAsync(cancellationToken);
            try
            {
                trust = PlaneTrust.FromDer(der);
            }
            catch (CryptographicException e)
            {
                throw new EnrollmentRefusedException("the server's answer is no authority's certificate", e);
            }
        }
        return trust.AuthorityHash == token.AuthorityHash
            ? trust
            : throw new EnrollmentRefusedException("the join token is of another plane: the hash in it is not that of the authority's certificate");
    }
}
