using System.Globalization;
using System.Net;
using Federation.Engine.Connecting;
using Federation.TestKit.Engine;

namespace Federation.Engine.Tests;

/// <summary>Who is believed on the way to an engine over TCP, and what is told to who is not.</summary>
public sealed class MutualTlsTests(SharedDockerEngine shared) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-tls-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Caller_WithoutCertificates_IsToldThatTheEngineWantsTls()
    {
        DockerEngine engine = await shared.GetAsync();
        string told = await RefusedAsync(engine.TcpAddress, null);
        Assert.StartsWith($"the engine at {engine.TcpAddress} wants TLS, and there are no certificates for it here", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_OfAnotherAuthority_IsToldWhichCertificateIsRefused()
    {
        DockerEngine engine = await shared.GetAsync();
        using var other = new EngineAuthority("other");
        other.WriteClient(_folder);
        Trust(engine);
        string told = await RefusedAsync(engine.TcpAddress, _folder);
        Assert.StartsWith($"the engine at {engine.TcpAddress} cannot be reached: it refuses our certificate, CN=agent, which is of CN=other (", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_WhoseCertificateHasExpired_IsToldSinceWhen()
    {
        DockerEngine engine = await shared.GetAsync();
        DateTimeOffset until = DateTimeOffset.UtcNow.AddHours(-1);
        engine.Authority.WriteClient(_folder, until);
        string told = await RefusedAsync(engine.TcpAddress, _folder);
        Assert.StartsWith($"the engine at {engine.TcpAddress} cannot be reached: it refuses our certificate, CN=agent, which is valid from ", told, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $" to {until:u} ("), told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Engine_OfAnotherAuthority_IsRefusedByItsName()
    {
        DockerEngine engine = await shared.GetAsync();
        using var other = new EngineAuthority("other");
        other.WriteClient(_folder);
        string told = await RefusedAsync(engine.TcpAddress, _folder);
        Assert.Equal($"the engine at {engine.TcpAddress} cannot be reached: its certificate, CN=engine, is of CN=engines, whom ca.pem does not lead to", told);
    }

    [Fact]
    public async Task Engine_UnderAnotherName_IsRefused()
    {
        DockerEngine engine = await shared.GetAsync();
        // All of 127.0.0.0/8 is this machine, but the certificate names two addresses of it.
        await using var relay = new EngineRelay(engine.TcpAddress, IPAddress.Parse("127.0.0.2"));
        string told = await RefusedAsync(relay.TcpAddress, engine.TlsDirectory);
        Assert.Equal($"the engine at {relay.TcpAddress} cannot be reached: its certificate, CN=engine, is for other names than the address", told);
    }

    [Fact]
    public async Task Authorities_OfWhichOneSigned_AreBelieved()
    {
        DockerEngine engine = await shared.GetAsync();
        using var next = new EngineAuthority("next");
        engine.Authority.WriteClient(_folder);
        // As while one takes the place of the other.
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), next.Pem + "\n" + engine.Authority.Pem, Cancelled);
        using EngineTls tls = EngineTls.Read(_folder);
        using EngineClient client = Open(engine.TcpAddress, tls);
        await client.NegotiateAsync(Cancelled);
    }

    [Fact]
    public async Task Certificates_WithAnAuthorityInBetween_AreBelievedOnBothSides()
    {
        Assert.SkipUnless(DockerEngine.Missing is null, DockerEngine.Missing ?? "");
        using var top = new EngineAuthority("top");
        using var engines = new EngineAuthority("engines", top);
        using var agents = new EngineAuthority("agents", top);
        await using DockerEngine engine = await DockerEngine.StartAsync(engines);
        agents.WriteClient(_folder);
        using EngineTls tls = EngineTls.Read(_folder);
        using EngineClient client = Open(engine.TcpAddress, tls);
        await client.NegotiateAsync(Cancelled);
    }

    [Fact]
    public void Folder_WithoutWhatIsNeeded_IsRefusedWithTheFilesName()
    {
        Assert.Contains("cert.pem", Assert.ThrowsAny<IOException>(() => EngineTls.Read(_folder)).Message, StringComparison.Ordinal);
        using var authority = new EngineAuthority("engines");
        authority.WriteClient(_folder);
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), "");
        Assert.Contains("ca.pem", Assert.Throws<System.Security.Cryptography.CryptographicException>(() => EngineTls.Read(_folder)).Message, StringComparison.Ordinal);
    }

    private void Trust(DockerEngine engine) => File.WriteAllText(Path.Combine(_folder, "ca.pem"), engine.Authority.Pem);

    private static EngineClient Open(string address, EngineTls? tls) => new(new EngineClientOptions { Address = EngineAddress.Parse(address), Tls = tls }, TimeProvider.System);

    // Each time: who refuses may close before its reason is read.
    private static async Task<string> RefusedAsync(string address, string? folder)
    {
        using EngineTls? tls = folder is null ? null : EngineTls.Read(folder);
        using EngineClient client = Open(address, tls);
        HashSet<string> told = [];
        for (int i = 0; i < 20; i++)
        {
            EngineException refused = await Assert.ThrowsAsync<EngineException>(() => client.NegotiateAsync(Cancelled));
            Assert.Null(refused.Status);
            told.Add(refused.Message);
        }
        return Assert.Single(told);
    }
}
