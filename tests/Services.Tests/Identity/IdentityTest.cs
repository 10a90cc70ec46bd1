namespace Federation.Services.Tests.Identity;

/// <summary>A test with an Identity of its own.</summary>
public abstract class IdentityTest : IAsyncLifetime
{
    private protected ShiftedTime Time { get; } = new();

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("federation-identity-").FullName;

    private protected IdentityHost Host { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => Host = await IdentityHost.StartAsync(Folder, Time);

    public virtual async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected async Task RestartAsync()
    {
        await Host.DisposeAsync();
        await StartHostAsync();
    }

    private protected async Task StartHostAsync() => Host = await IdentityHost.StartAsync(Folder, Time);
}
