using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Federation.Grpc.Server;
using Federation.Grpc.Tests.Probes;

namespace Federation.Grpc.Tests.JavaScript;

/// <summary>@grpc/grpc-js calls our server: one run of call.js, whose scenarios' results are judged here.</summary>
public sealed class JavaScriptClientTests(JavaScriptClientTests.Run run) : IClassFixture<JavaScriptClientTests.Run>
{
    [Theory]
    [InlineData("unary", "hello 7 00ff")]
    [InlineData("serverStream", "1000 true 0")]
    [InlineData("clientStream", "5 0,1,2,3,4")]
    [InlineData("duplex", "100 99 0")]
    [InlineData("metadata", "a, b ~ 000102ff")]
    [InlineData("errorStatus", "5 100 % änderung ✓ 🚀\nzweite Zeile asked")]
    [InlineData("streamError", "2 9 no")]
    [InlineData("duplexError", "3 bad")]
    [InlineData("handlerFailure", "2 false")]
    [InlineData("deadline", "4")]
    [InlineData("cancellation", "1")]
    [InlineData("largeMessage", "3900000")]
    [InlineData("tooLargeForServer", "8")]
    [InlineData("tooLargeForClient", "8")]
    [InlineData("gzip", "10000 0")]
    [InlineData("deflateIsUnknown", "12")]
    [InlineData("unknownMethod", "12")]
    [InlineData("concurrent", "500")]
    [InlineData("concurrentStreams", "6000")]
    [InlineData("health", "SERVING 5")]
    [InlineData("healthWatch", "SERVICE_UNKNOWN")]
    [InlineData("mtls", "0 CN=js-client")]
    [InlineData("mtlsWithoutCertificate", "16")]
    public async Task Scenario_EndsAsItDoesAmongGrpcJsPeers(string name, string expected)
    {
        await run.EnsureAsync();

        Assert.Equal(expected, run.Results.GetValueOrDefault(name, "did not run"));
    }

    [Fact]
    public async Task DeadlineAndCancellation_ReachOurHandlers()
    {
        await run.EnsureAsync();

        Assert.Equal(["cancellation", "deadline"], run.Cancelled.Order(StringComparer.Ordinal));
    }

    public sealed class Run(NodePackages node)
    {
        private readonly SemaphoreSlim _once = new(1);

        public Dictionary<string, string> Results { get; } = [];

        public IReadOnlyCollection<string> Cancelled { get; private set; } = [];

        public async Task EnsureAsync()
        {
            await _once.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                if (Results.Count == 0)
                    await RunAsync();
            }
            finally
            {
                _once.Release();
            }
        }

        private async Task RunAsync()
        {
            using TestAuthority authority = new();
            using X509Certificate2 certificate = authority.Issue("probe");
            await using ProbeServer plain = await ProbeServer.StartAsync();
            await using ProbeServer mtls = await ProbeServer.StartAsync(authority, certificate, AllowedPeers.Service("js-client"));
            using Process script = node.Start("call.js", plain.Address.Authority, mtls.Address.Authority, TlsFolder.Create(node.Folder, authority, "js-client"));
            while (await script.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                JsonElement result = JsonElement.Parse(line);
                Results.Add(result.GetProperty("name").GetString()!, result.GetProperty("got").GetString()!);
            }
            await script.WaitForExitAsync(TestContext.Current.CancellationToken);
            Cancelled = [.. plain.Cancelled];
        }
    }
}
