using Xunit;

namespace Federation.TestKit.Engine;

/// <summary>One engine for all the tests of a run that need no other, started by the first that asks for it.</summary>
public sealed class SharedDockerEngine : IAsyncDisposable
{
    private readonly object _gate = new();
    private Task<DockerEngine>? _engine;

    /// <summary>The engine; the test that asks is skipped where there can be none.</summary>
    public Task<DockerEngine> GetAsync()
    {
        Assert.SkipUnless(DockerEngine.Missing is null, DockerEngine.Missing ?? "");
        lock (_gate) return _engine ??= DockerEngine.StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await (await _engine).DisposeAsync();
    }
}
