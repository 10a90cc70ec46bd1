using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Federation.Grpc.Tests.Probes;

namespace Federation.Grpc.Tests.JavaScript;

/// <summary>Probe, served by @grpc/grpc-js: plainly, and to clients with a certificate of the test's authority.</summary>
public sealed class JavaScriptServer(NodePackages node) : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _newLine = new(0);
    private Process? _script;
    private Task _reading = Task.CompletedTask;

    internal TestAuthority Authority { get; } = new();

    public Uri Plain { get; private set; } = null!;

    public Uri Mtls { get; private set; } = null!;

    public async Task StartAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_script is not null)
                return;
            _script = node.Start("serve.js", TlsFolder.Create(node.Folder, Authority, "js-server"));
            string ports = await _script.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("serve.js ended before it listened");
            JsonElement listening = JsonElement.Parse(ports);
            Plain = new Uri($"http://localhost:{listening.GetProperty("plain").GetInt32()}");
            Mtls = new Uri($"https://localhost:{listening.GetProperty("mtls").GetInt32()}");
            _reading = ReadAsync(_script);
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Waits until the server has said the line.</summary>
    public async Task SaidAsync(string line, CancellationToken cancellationToken)
    {
        while (!_lines.Contains(line))
            if (!await _newLine.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken))
                throw new TimeoutException($"the server did not say: {line}; it said: {string.Join("; ", _lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        Authority.Dispose();
        if (_script is null)
            return;
        _script.StandardInput.Close();
        await _script.WaitForExitAsync();
        await _reading;
        _script.Dispose();
    }

    private async Task ReadAsync(Process script)
    {
        while (await script.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            _newLine.Release();
        }
    }
}
