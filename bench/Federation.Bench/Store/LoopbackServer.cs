using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Federation.Bench.Store;

/// <summary>A server process under measurement, on a loopback port and a folder of its own.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly Process _process;

    private LoopbackServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>The processor time it has used so far: a measure that other work on the machine hardly moves.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<LoopbackServer> StartStoreAsync(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve-store", path]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        string address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The store's endpoint ended before it was ready.");
        return new(process, new(address));
    }

    /// <summary>etcd as Debian packages it, with its defaults: every write is synced before it is answered.</summary>
    public static async Task<LoopbackServer> StartEtcdAsync(string folder)
    {
        string client = $"http://127.0.0.1:{FreePort()}", peer = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("etcd",
        [
            "--data-dir", folder, "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}", "--log-level", "error",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("etcd is not installed: apt-get install etcd-server", e);
        }
        process.OutputDataReceived += (_, line) => { if (line.Data is not null) Console.Error.WriteLine($"etcd: {line.Data}"); };
        process.ErrorDataReceived += (_, line) => { if (line.Data is not null) Console.Error.WriteLine($"etcd: {line.Data}"); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new LoopbackServer(process, new(client));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                if ((await http.GetAsync(new Uri(server.Address, "/health"))).IsSuccessStatusCode) return server;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && waiting.Elapsed < TimeSpan.FromSeconds(30) && !process.HasExited)
            {
                // Not ready yet.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process.StartInfo.RedirectStandardInput) _process.StandardInput.Close();
        else _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
