namespace Federation.Client.Tests.Cli;

public sealed class RawCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-tests-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync() => _plane = await StandInPlane.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Raw_PathWithQuery_IsAskedAsItStandsAndItsAnswerPrinted()
    {
        _plane.Answers["POST /v1/keys/secrets/rotate"] = (200, new { key = "k2" });
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["raw", "POST", "/v1/keys/secrets/rotate?dataKeys=true"]);
        Assert.Equal((0, """{"key":"k2"}"""), (call.ExitCode, call.Out.Trim()));
        Assert.Contains("POST /v1/keys/secrets/rotate?dataKeys=true", _plane.Requests);
    }

    [Fact]
    public async Task Raw_BodyOfStandardInput_IsSent()
    {
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["raw", "PUT", "/v1/clusters/a", "-d", "-"], """{"metadata":{"name":"a"},"spec":{}}""");
        Assert.Equal(0, call.ExitCode);
        Assert.Equal("a", _plane.Resources["/v1/clusters/a"]["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Raw_Refusal_EndsWithItsExitCode() =>
        Assert.Equal(4, (await FedctlCall.RunAsync(_plane.ContextPath, ["raw", "GET", "/v1/nothing"])).ExitCode);

    [Theory]
    [InlineData("v1/clusters")]
    [InlineData("//elsewhere.example/v1/clusters")]
    [InlineData("https://elsewhere.example/")]
    public async Task Raw_WhatIsNoPath_IsRefusedAndNothingSent(string path)
    {
        Assert.Equal(2, (await FedctlCall.RunAsync(_plane.ContextPath, ["raw", "GET", path])).ExitCode);
        Assert.Empty(_plane.Requests);
    }
}
