using System.Text;
using Federation.Identity.Planes;
using Federation.Security.Enrollment;
using Federation.Security.Files;
using Federation.Storage;

namespace Federation.Identity.Enrolling;

/// <summary>
/// The files by which the plane's other services on this machine join: <c>authority.pem</c> and a token each, which only this user can read and which serves
/// only that service, only on this machine. Rewritten at each start and while Identity runs, before they end: a service that lost its folder joins again.
/// </summary>
public sealed class ServiceTokens(IStore store, PlaneCustodian custodian, IdentityOptions options, TimeProvider time)
{
    /// <summary>The services that join by a file.</summary>
    public static IReadOnlyList<string> Services { get; } = ["secretstore", "placement", "health", "gateway", "dashboard"];

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan RewriteEvery = TimeSpan.FromHours(8);

    /// <summary>Writes the files. Tokens of earlier files end with that.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        DurableFile.EnsurePrivateFolder(options.BootstrapDirectory);
        DurableFile.Replace(Path.Combine(options.BootstrapDirectory, "authority.pem"), Encoding.ASCII.GetBytes(custodian.Authority.Trust.ExportPem()));
        DateTimeOffset now = time.GetUtcNow();
        var writes = new List<StoreWrite>();
        foreach (StoredDocument old in store.Current.List(StoreKinds.JoinToken))
        {
            JoinTokenDocument document = old.Read<JoinTokenDocument>();
            if (document.Service is not null || now > document.ExpiresAt + TimeSpan.FromDays(1)) writes.Add(new(old.Key, null));
        }
        var files = new List<(string Path, JoinToken Token)>();
        foreach (string service in Services)
        {
            var token = JoinToken.Create(custodian.Authority.Trust);
            files.Add((Path.Combine(options.BootstrapDirectory, $"service-{service}.token"), token));
            writes.Add(new(StoreKinds.ForToken(token.Id), StoreDocuments.Encode(new JoinTokenDocument
            {
                Id = token.Id,
                SecretHash = token.SecretHash(),
                ExpiresAt = now + Lifetime,
                CreatedBy = "identity",
                Service = service,
            })));
        }
        // Known to the store before a service can read them.
        await store.CommitAsync(new StoreTransaction { Writes = writes }, cancellationToken);
        foreach ((string path, JoinToken token) in files) DurableFile.Replace(path, Encoding.ASCII.GetBytes(token.Reveal() + "\n"));
    }

    /// <summary>Writes them again before they end, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(RewriteEvery, time, cancellationToken);
            await WriteAsync(cancellationToken);
        }
    }
}
