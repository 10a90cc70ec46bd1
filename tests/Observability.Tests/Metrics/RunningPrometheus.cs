using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Observability.Tests.Planes;

namespace Observability.Tests.Metrics;

/// <summary>Prometheus with the configuration of <c>deploy/prometheus</c>, on a plane whose ports are shifted.</summary>
internal sealed partial class RunningPrometheus : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-prometheus-").FullName;
    private readonly HttpClient _client;
    private readonly Process _process;

    public RunningPrometheus(int portBase)
    {
        string source = Repository.PathOf("deploy", "prometheus");
        foreach (string file in Directory.EnumerateFiles(source, "*.yml", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            string text = File.ReadAllText(file);
            if (Path.GetFileName(Path.GetDirectoryName(file)) == "targets") text = Port().Replace(text, match => $":{int.Parse(match.Groups[1].Value) + portBase}");
            File.WriteAllText(copy, text.Replace("_interval: 5s", "_interval: 2s", StringComparison.Ordinal));
        }
        int port = FreePort();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("prometheus", ["--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address=127.0.0.1:{port}"])
            {
                WorkingDirectory = _folder,
                RedirectStandardError = true,
            },
        };
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>The values of an instant query; empty where it has none, or none that is a number.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string expression)
    {
        using JsonDocument answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", expression);
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => series.GetProperty("value")[1].GetString()!).Where(value => value != "NaN")];
    }

    /// <summary>The alerts that fire, with their labels.</summary>
    public async Task<IReadOnlyList<string>> FiringAsync()
    {
        using JsonDocument answer = await GetAsync("/api/v1/alerts", "alerts");
        return [.. answer.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray().Where(alert => alert.GetProperty("state").GetString() == "firing").Select(alert => alert.GetProperty("labels").ToString())];
    }

    /// <summary>Each rule, and its health as Prometheus says.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RulesAsync()
    {
        using JsonDocument answer = await GetAsync("/api/v1/rules", "rules");
        var rules = new Dictionary<string, string>();
        foreach (JsonElement group in answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray())
        {
            foreach (JsonElement rule in group.GetProperty("rules").EnumerateArray())
            {
                string name = rule.GetProperty("name").GetString()!;
                string health = rule.GetProperty("health").GetString()!;
                rules[name] = rules.TryGetValue(name, out string? other) && other != "ok" ? other : health;
            }
        }
        return rules;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task ReadyAsync() => await Eventually.NothingMissingAsync("Prometheus answers", async () =>
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? null : $"{response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"{e.Message}\n{string.Join('\n', _output)}";
        }
    });

    private async Task<JsonDocument> GetAsync(string path, string what)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{what}\n{body}");
        return JsonDocument.Parse(body);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@":(\d{4,5})(?=\])")]
    private static partial Regex Port();
}
