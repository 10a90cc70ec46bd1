using Federation.Domain.Identifiers;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Security.Tests.Enrollment;

public sealed class CertificateKeeperTests : IDisposable
{
    private static readonly Peer.Agent Node = new(new NodeKey(new("eu-cloud"), new("n1")));
    private readonly TestFolder _folder = new();
    private readonly VirtualTime _time = new();
    private readonly PlaneAuthority _authority;
    private readonly LocalIssuer _issuer;

    public CertificateKeeperTests()
    {
        _authority = PlaneAuthority.Create("plane-a", _time.GetUtcNow());
        _issuer = new(_authority, Node, _time);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private CertificateKeeper Keeper(Func<CertificateKeeperOptions, CertificateKeeperOptions>? change = null)
    {
        var options = new CertificateKeeperOptions { Folder = _folder.File("machine"), JoinToken = _issuer.Token.Reveal() };
        return new(change?.Invoke(options) ?? options, _issuer, _time, new SeededChance(7), NullLogger<CertificateKeeper>.Instance);
    }

    // Advances the clock in steps until the condition holds; bounded, so that a keeper that stands still fails.
    private async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step, int steps)
    {
        for (int i = 0; i < steps && !condition(); i++)
        {
            _time.Advance(step);
            for (int yields = 0; yields < 20 && !condition(); yields++) await Task.Yield();
        }
        Assert.True(condition());
    }

    [Fact]
    public async Task Start_WithAToken_EnrollsAndKeepsPrivateFiles()
    {
        using CertificateKeeper keeper = Keeper(options => options with { Node = "n1" });
        await keeper.StartAsync(Cancel);
        Assert.Equal(Node, keeper.Current!.Self);
        Assert.True(keeper.Current.Certificate.HasPrivateKey);
        Assert.Equal("n1", _issuer.SeenNode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("machine/key.pem")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("machine")));
        Assert.Empty(Directory.GetFiles(_folder.File("machine"), ".*.tmp"));
    }

    [Fact]
    public async Task Start_Again_UsesWhatIsThereWithoutANetwork()
    {
        using (CertificateKeeper first = Keeper()) await first.StartAsync(Cancel);
        _issuer.UnreachableCalls = int.MaxValue;
        using CertificateKeeper second = Keeper(options => options with { JoinToken = null });
        await second.StartAsync(Cancel);
        Assert.Equal(Node, second.Current!.Self);
    }

    [Fact]
    public async Task Start_IdentityAnswersLater_IsRetried()
    {
        _issuer.UnreachableCalls = 5;
        using CertificateKeeper keeper = Keeper();
        Task start = keeper.StartAsync(Cancel);
        await AdvanceUntilAsync(() => start.IsCompleted, TimeSpan.FromSeconds(1), 60);
        await start;
        Assert.NotNull(keeper.Current);
    }

    [Fact]
    public async Task Start_ReplyLost_EnrollsAgainWithTheSameKey()
    {
        _issuer.LoseNextReply = true;
        using CertificateKeeper keeper = Keeper();
        Task start = keeper.StartAsync(Cancel);
        await AdvanceUntilAsync(() => start.IsCompleted, TimeSpan.FromSeconds(1), 60);
        await start;
        Assert.Equal(2, _issuer.Enrolled);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Start_NoUsableToken_IsRefusedWithWhatToDo(string? token)
    {
        using CertificateKeeper keeper = Keeper(options => options with { JoinToken = token });
        await Assert.ThrowsAsync<EnrollmentRefusedException>(() => keeper.StartAsync(Cancel));
    }

    [Fact]
    public async Task Start_TokenOfAnotherPlane_NeverShowsItsSecret()
    {
        using var other = PlaneAuthority.Create("plane-b", _time.GetUtcNow());
        using CertificateKeeper keeper = Keeper(options => options with { JoinToken = JoinToken.Create(other.Trust).Reveal() });
        EnrollmentRefusedException error = await Assert.ThrowsAsync<EnrollmentRefusedException>(() => keeper.StartAsync(Cancel));
        Assert.Contains("another plane", error.Message);
        Assert.Equal(0, _issuer.Enrolled);
    }

    [Fact]
    public async Task Start_TokenFileNotThereYet_WaitsForIt()
    {
        string file = _folder.File("token");
        using CertificateKeeper keeper = Keeper(options => options with { JoinToken = null, JoinTokenFile = file, RetryRefusals = true });
        Task start = keeper.StartAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(3));
        await Task.Yield();
        Assert.False(start.IsCompleted);
        await File.WriteAllTextAsync(file, _issuer.Token.Reveal() + "\n", Cancel);
        await AdvanceUntilAsync(() => start.IsCompleted, TimeSpan.FromSeconds(1), 200);
        await start;
    }

    [Fact]
    public async Task Run_AtTwoThirds_Renews()
    {
        using CertificateKeeper keeper = Keeper();
        await keeper.StartAsync(Cancel);
        KeptCertificate first = keeper.Current!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task run = keeper.RunAsync(stop.Token);
        await AdvanceUntilAsync(() => _time.GetUtcNow() > first.RenewAt - TimeSpan.FromHours(2), TimeSpan.FromMinutes(5), 300);
        Assert.Same(first, keeper.Current);
        await AdvanceUntilAsync(() => !ReferenceEquals(first, keeper.Current), TimeSpan.FromMinutes(5), 300);
        Assert.InRange(_time.GetUtcNow(), first.RenewAt - TimeSpan.FromHours(2), first.RenewAt + TimeSpan.FromMinutes(30));
        Assert.True(keeper.Current!.NotAfter > first.NotAfter);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Run_AfterTwentyDarkDays_ComesBackByProofOfItsKey()
    {
        using (CertificateKeeper first = Keeper()) await first.StartAsync(Cancel);
        _time.JumpWallClock(TimeSpan.FromDays(20));
        using CertificateKeeper keeper = Keeper(options => options with { JoinToken = null });
        await keeper.StartAsync(Cancel);
        KeptCertificate expired = keeper.Current!;
        Assert.True(expired.NotAfter < _time.GetUtcNow());
        _issuer.UnreachableCalls = 3;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task run = keeper.RunAsync(stop.Token);
        await AdvanceUntilAsync(() => keeper.Current!.NotAfter > _time.GetUtcNow(), TimeSpan.FromSeconds(10), 300);
        Assert.Equal(1, _issuer.Renewed);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Start_AfterFortyDarkDays_EnrollsAnew()
    {
        using (CertificateKeeper first = Keeper()) await first.StartAsync(Cancel);
        _time.JumpWallClock(TimeSpan.FromDays(40));
        using CertificateKeeper keeper = Keeper();
        await keeper.StartAsync(Cancel);
        Assert.Equal(2, _issuer.Enrolled);
        Assert.True(keeper.Current!.NotAfter > _time.GetUtcNow());
    }

    [Fact]
    public async Task Run_RenewalRefused_TriesTheTokenThatIdentityWroteAnew()
    {
        string file = _folder.File("token");
        await File.WriteAllTextAsync(file, _issuer.Token.Reveal(), Cancel);
        using CertificateKeeper keeper = Keeper(options => options with { JoinTokenFile = file });
        await keeper.StartAsync(Cancel);
        KeptCertificate first = keeper.Current!;
        _issuer.RefuseRenewal = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task run = keeper.RunAsync(stop.Token);
        await AdvanceUntilAsync(() => !ReferenceEquals(first, keeper.Current), TimeSpan.FromMinutes(5), 400);
        Assert.Equal(2, _issuer.Enrolled);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Start_KeyFileThatOthersMayRead_IsRefused()
    {
        using (CertificateKeeper first = Keeper()) await first.StartAsync(Cancel);
        File.SetUnixFileMode(_folder.File("machine/key.pem"), (UnixFileMode)0b110_100_100);
        using CertificateKeeper keeper = Keeper();
        Assert.Contains("chmod 600", (await Assert.ThrowsAsync<UnauthorizedAccessException>(() => keeper.StartAsync(Cancel))).Message);
    }

    [Fact]
    public void JoinToken_Text_ReadsBackAndHidesItsSecretInLogs()
    {
        Assert.True(JoinToken.TryParse(_issuer.Token.Reveal(), out JoinToken? read));
        Assert.Equal(_issuer.Token, read);
        Assert.DoesNotContain(read.Secret, read.ToString());
        Assert.True(read.Matches(_issuer.Token.SecretHash()));
        foreach (string bad in new[] { "", "fjt1", "fjt2" + _issuer.Token.Reveal()[4..], _issuer.Token.Reveal() + ".x", _issuer.Token.Reveal().ToUpperInvariant(), _issuer.Token.Reveal()[..^1] })
            Assert.False(JoinToken.TryParse(bad, out _), bad);
    }
}
