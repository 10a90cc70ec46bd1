using Federation.Hosting.ApplicationModel;
using Federation.Hosting.Launching;

namespace Federation.Hosting.Tests;

public sealed class ModelTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("apphost-model-").FullName;

    [Fact]
    public async Task Parameter_SecretNotGiven_IsMadeOnceForItsOwnerAlone()
    {
        string first = await Builder().AddParameter("kek", secret: true).Resource.GetValueAsync(TestContext.Current.CancellationToken);
        string again = await Builder().AddParameter("kek", secret: true).Resource.GetValueAsync(TestContext.Current.CancellationToken);

        Assert.Equal(32, Convert.FromBase64String(first).Length);
        Assert.Equal(first, again);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_state, "keys", "kek")));
    }

    [Fact]
    public async Task Parameter_NotSecretAndNotGiven_NamesItsVariable()
    {
        ParameterResource region = Builder().AddParameter("region").Resource;
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => region.GetValueAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Contains("Parameters__region", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionString_NotGiven_NamesItsVariable()
    {
        IResourceWithConnectionString store = Builder().AddConnectionString("truth").Resource;
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => store.GetConnectionStringAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Contains("ConnectionStrings__truth", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddProject_NameTaken_IsRefused()
    {
        var builder = Builder();
        builder.AddProject("api", LauncherRun.SampleProject);
        Assert.Throws<DistributedApplicationException>(() => builder.AddParameter("API"));
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--port-base", "-1")]
    [InlineData("--port-base", "9000")]
    [InlineData("--port-base", "22999")]
    [InlineData("--port-base")]
    [InlineData("stop", "a", "b")]
    public void Options_NotUnderstood_AreRefused(params string[] args) =>
        Assert.Throws<DistributedApplicationException>(() => LaunchOptions.Parse(args));

    [Fact]
    public void Options_AllOfThem_AreRead()
    {
        LaunchOptions options = LaunchOptions.Parse(["stop", "us-cloud", "--state", "/s", "--port-base", "100", "--fresh"]);
        Assert.Equal(["stop", "us-cloud"], options.Command!);
        Assert.Equal(("/s", 100, true), (options.StateDirectory, options.PortBase, options.Fresh));
    }

    [Theory]
    [InlineData(false, "gateway    | \e[32mgreen\e[0m text", "gateway    | green text")]
    [InlineData(true, "gateway    | \e[32mgreen\e[0m text", "\e[36mgateway   \e[0m | \e[32mgreen\e[0m text")]
    public void LogPrinter_ColoursOnlyOnATerminal(bool terminal, string line, string printed)
    {
        var output = new StringWriter();
        new LogPrinter(output, terminal).Line("gateway", line["gateway    | ".Length..]);
        Assert.Equal(printed + Environment.NewLine, output.ToString());
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private DistributedApplicationBuilder Builder() => new(new LaunchOptions { StateDirectory = _state }, AppContext.BaseDirectory);
}
