using System.Text;
using Federation.Engine.Connecting;
using Federation.Engine.Images;
using Federation.Engine.Streams;

namespace Federation.Engine.Tests;

/// <summary>The forms that need no engine.</summary>
public sealed class FormTests
{
    [Theory]
    [InlineData("unix:///var/run/docker.sock")]
    [InlineData("tcp://engine.example.com:2376")]
    [InlineData("tcp://127.0.0.1:2375")]
    [InlineData("tcp://[::1]:2376")]
    public void Address_InEachForm_ComesBackAsItWasWritten(string text) => Assert.Equal(text, EngineAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("unix://docker.sock")]
    [InlineData("tcp://engine")]
    [InlineData("tcp://engine:port")]
    [InlineData("tcp://user@engine:2376")]
    [InlineData("http://engine:2376")]
    public void Address_InNoForm_IsRefusedWithTheForms(string text) =>
        Assert.Contains("unix:///PATH", Assert.Throws<FormatException>(() => EngineAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("redis", "docker.io", "redis", "latest", null)]
    [InlineData("library/redis:7", "docker.io", "library/redis", "7", null)]
    [InlineData("registry.example.com:5000/team/app:1.2", "registry.example.com:5000", "registry.example.com:5000/team/app", "1.2", null)]
    [InlineData("localhost/app", "localhost", "localhost/app", "latest", null)]
    [InlineData("app@sha256:abc", "docker.io", "app", null, "sha256:abc")]
    [InlineData("app:1@sha256:abc", "docker.io", "app", null, "sha256:abc")]
    public void Reference_IsTakenApart(string text, string registry, string repository, string? tag, string? digest)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((registry, repository, tag, digest), (reference.Registry, reference.Repository, reference.Tag, reference.Digest));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData("app:")]
    [InlineData("app@md5:abc")]
    [InlineData("app?tag=x")]
    public void Reference_ThatIsNone_IsRefused(string text) => Assert.Throws<FormatException>(() => ImageReference.Parse(text));

    [Fact]
    public async Task Output_ThatBreaksOff_IsNeverTakenForWhole()
    {
        byte[] piece = [1, 0, 0, 0, 0, 0, 0, 5, .. "hello"u8];
        Assert.Equal(["hello"], await ReadAsync(piece));
        for (int length = 1; length < piece.Length; length++) await Assert.ThrowsAsync<EngineException>(() => ReadAsync(piece[..length]));
    }

    [Fact]
    public async Task Output_WithAnAbsurdHeader_IsRefusedBeforeItIsRead()
    {
        await Assert.ThrowsAsync<EngineException>(() => ReadAsync([1, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]));
        await Assert.ThrowsAsync<EngineException>(() => ReadAsync([9, 9, 9, 9, 0, 0, 0, 0]));
        Assert.Equal("broken", (await Assert.ThrowsAsync<EngineException>(() => ReadAsync([3, 0, 0, 0, 0, 0, 0, 6, .. "broken"u8]))).Message);
    }

    [Fact]
    public async Task Client_WithoutAnEngine_SaysWhereItLooked()
    {
        using var client = new EngineClient(new EngineClientOptions { Address = EngineAddress.Parse("unix:///nowhere/engine.sock") }, TimeProvider.System);
        EngineException failed = await Assert.ThrowsAsync<EngineException>(() => client.InfoAsync(TestContext.Current.CancellationToken));
        Assert.Contains("unix:///nowhere/engine.sock", failed.Message, StringComparison.Ordinal);
        Assert.Null(failed.Status);
    }

    [Fact]
    public void Credentials_AsText_HaveNoPassword() =>
        Assert.Equal("ci at registry.example.com", new RegistryCredentials { UserName = "ci", Password = "hunter2", Registry = "registry.example.com" }.ToString());

    private static async Task<List<string>> ReadAsync(byte[] content)
    {
        List<string> pieces = [];
        await foreach (OutputPiece piece in OutputReader.ReadAsync(new MemoryStream(content), tty: false, TestContext.Current.CancellationToken)) pieces.Add(Encoding.UTF8.GetString(piece.Content.Span));
        return pieces;
    }
}
