using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Planes;
using Federation.Client.Contexts;
using Federation.Client.Resources;
using Federation.Domain.Resources;

namespace EndToEnd.Tests.Scenario;

/// <summary>Files that are wrong, and a program that takes more than it may.</summary>
public sealed partial class ShopScenario
{
    private const int ExitInvalidInput = 3;

    [Fact]
    public async Task Step41_Apply_MalformedFiles_NamesThePlaceAndChangesNothing()
    {
        string huge = Path.Combine(_plane.Shared, "huge.yaml");
        await File.WriteAllTextAsync(huge, $"apiVersion: federation/v1\nkind: Config\nmetadata: {{ name: huge }}\nspec: {{ data: {{ a: \"{new string('x', 20_000_000)}\" }} }}\n", Cancelled);
        string nested = Path.Combine(_plane.Shared, "nested.yaml");
        await File.WriteAllTextAsync(nested, new string('[', 100_000), Cancelled);
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Examples, "malformed")).Order(StringComparer.Ordinal), huge, nested];
        Assert.True(files.Length >= 30);
        string[] before = await EverythingAsync();
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Task<List<string>> watched = WatchWorkloadsAsync(watching.Token);
        long start = TimeProvider.System.GetTimestamp();
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = Cancelled }, async (file, _) =>
        {
            CommandResult result = await _plane.FedctlAsync("apply", "-f", file);
            // FILE:LINE:COLUMN: what is wrong; a file that is too large is not read.
            string place = file == huge ? "" : @":\d+(:\d+)?";
            bool clear = Regex.IsMatch(result.Error, $@"(?m)^{Regex.Escape(file)}{place}: \S.{{8,}}$") && result.Error.Contains("nothing was changed", StringComparison.Ordinal);
            if (result.ExitCode != ExitInvalidInput || !clear || result.Error.Contains("unexpected:", StringComparison.Ordinal)) wrong.Enqueue($"{file}: {result.All}");
        });
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
        Assert.Equal(before, await EverythingAsync());
        // A watch of a plane where nothing changes still says every 10 s that it lives.
        await Eventually.TrueAsync("10 s have passed", () => Task.FromResult(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(10)));
        await watching.CancelAsync();
        Assert.All(await watched, type => Assert.Equal("BOOKMARK", type));
        Assert.NotEmpty(await watched);
        Figure($"{files.Length} malformed files refused");
    }

    [Fact]
    public async Task Step51_Program_AboveItsMemoryLimit_IsStoppedAndDescribeSaysSo()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a memory limit needs control groups that the agent may write");
        string file = Path.Combine(_plane.Shared, "hungry.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: hungry }
            spec:
              replicas: 1
              template:
                process: { command: federation-sample, arguments: [allocate, "128"] }
                resources: { cpu: 50m, memory: 32Mi, memoryLimit: 64Mi }
            """, Cancelled);
        (await _plane.FedctlAsync("apply", "-f", file, "--no-wait")).Done();
        string text = await Eventually.NotNullAsync("describe tells that the limit stopped it", async () =>
            (await _plane.FedctlAsync("describe", "workload", "hungry")).Out is var told && told.Contains("memory limit of 64Mi", StringComparison.Ordinal) ? told : null);
        Assert.Matches("hungry-[0-9a-f]+: last end: .*above its memory limit of 64Mi", text);
        Assert.DoesNotContain("holds 128 MiB", (await _plane.FedctlAsync("logs", "hungry")).Out, StringComparison.Ordinal);
        (await _plane.FedctlAsync("delete", "-f", file)).Done();
    }

    /// <summary>The types of the events that a watch of the workloads tells from now on, until it is cancelled.</summary>
    private async Task<List<string>> WatchWorkloadsAsync(CancellationToken ct)
    {
        ClientContext context = ContextFile.Load(_plane.ContextPath).File.Find(null)!;
        using var api = new HttpClient { BaseAddress = _plane.Api };
        using var credentials = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", context.ClientId), new("client_secret", context.ClientSecret)]);
        using HttpResponseMessage issued = await api.PostAsync("/oauth2/token", credentials, ct);
        api.DefaultRequestHeaders.Authorization = new("Bearer", JsonNode.Parse(await issued.Content.ReadAsStringAsync(ct))!["access_token"]!.GetValue<string>());
        string cursor = JsonNode.Parse(await api.GetStringAsync("/v1/workloads?tenant=default", ct))!["cursor"]!.GetValue<string>();
        var types = new List<string>();
        try
        {
            await using Stream stream = await api.GetStreamAsync($"/v1/workloads?tenant=default&watch=true&cursor={Uri.EscapeDataString(cursor)}", ct);
            await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(ct)) types.Add(item.EventType);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Told to end.
        }
        return types;
    }

    /// <summary>Every resource with its version.</summary>
    private async Task<string[]> EverythingAsync()
    {
        var all = new List<string>();
        foreach (ResourceKind kind in ResourceKind.All)
            all.AddRange((await _plane.Client.ListAsync(kind, new ListQuery { AllNamespaces = kind.Namespaced }, Cancelled)).Items.Select(item =>
                $"{kind.Name} {item.Metadata.Namespace}/{item.Metadata.Name} {item.Metadata.Generation} {item.Metadata.ResourceVersion}"));
        return [.. all.Order(StringComparer.Ordinal)];
    }
}
