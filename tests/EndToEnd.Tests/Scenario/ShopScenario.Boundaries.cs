using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Scenario;

/// <summary>Who may not do, see or read what.</summary>
public sealed partial class ShopScenario
{
    private const string OtherTenant = "other";
    private const int ExitRefused = 5;

    [Fact]
    public async Task Step31_Viewer_ReadsAndCannotWrite()
    {
        await EnsureShopAsync("2");
        string context = ContextOf("viewer", await _plane.Client.CreateServiceAccountAsync(new ServiceAccountRequest("onlooker", "viewer"), Cancelled), null);

        Assert.Contains("api", (await RunningPlane.FedctlAsync(context, ["get", "workloads"])).Done().Out, StringComparison.Ordinal);
        CommandResult refused = await RunningPlane.FedctlAsync(context, ["apply", "-f", ProbeOf("forbidden")]);
        Assert.True(refused.ExitCode == ExitRefused, refused.All);
        using FederationClient viewer = FederationClient.Create(ContextFile.Load(context).File.Find(null)!);
        var api = await viewer.GetAsync<Workload>("api", ct: Cancelled);
        Func<Task>[] writes =
        [
            () => viewer.ApplyAsync(api, ct: Cancelled),
            () => viewer.DeleteAsync(ResourceKind.Of<Workload>(), "api", ct: Cancelled),
            () => viewer.ScaleAsync("api", 1, ct: Cancelled),
            () => viewer.UndoAsync("api", ct: Cancelled),
            () => viewer.DrainAsync("eu-cloud", Cancelled),
            () => viewer.CreateServiceAccountAsync(new ServiceAccountRequest("deputy", "admin"), Cancelled),
        ];
        foreach (Func<Task> write in writes) Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<ApiException>(write)).Status);
        Assert.Equal(api.Metadata.Generation, (await viewer.GetAsync<Workload>("api", ct: Cancelled)).Metadata.Generation);
    }

    [Fact]
    public async Task Step32_AnotherTenant_SeesNothing()
    {
        await EnsureShopAsync("2");
        using FederationClient other = FederationClient.Create(ContextFile.Load(await OtherTenantAsync()).File.Find(null)!);

        foreach (ResourceKind kind in ResourceKind.All.Where(kind => kind.Namespaced))
            Assert.Empty((await other.ListAsync(kind, new Federation.Client.Resources.ListQuery { AllNamespaces = true }, Cancelled)).Items);
        foreach ((ResourceKind kind, string name) in ((ResourceKind, string)[])[(ResourceKind.Of<Workload>(), "api"), (ResourceKind.Find("secret")!, "shop"), (ResourceKind.Find("config")!, "shop"), (ResourceKind.Find("route")!, "shop")])
            Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<ApiException>(() => other.GetAsync(kind, name, ct: Cancelled))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<ApiException>(() => other.ExplainAsync("api", ct: Cancelled))).Status);
        Assert.Empty(await other.ReplicasAsync("api", ct: Cancelled));
        Assert.DoesNotContain(await other.EventsAsync(allNamespaces: true, ct: Cancelled), record => record.Object.StartsWith("Workload", StringComparison.Ordinal));
        // Nor by asking to act for the tenant.
        using FederationClient posing = FederationClient.Create(ContextFile.Load(await OtherTenantAsync()).File.Find(null)! with { Tenant = "default" });
        HttpStatusCode answer = (await Assert.ThrowsAsync<ApiException>(() => posing.GetAsync<Workload>("api", ct: Cancelled))).Status;
        Assert.Contains(answer, (HttpStatusCode[])[HttpStatusCode.Forbidden, HttpStatusCode.NotFound]);
    }

    [Fact]
    public async Task Step33_AnotherTenantsProcess_ReadsNeitherFilesNorEnvironment()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a user id for each tenant needs an agent that is root");
        await EnsureShopAsync("2");
        string replica = (await _plane.ReplicasAsync("api"))[0].Id;
        int process = (await ShopProcessesAsync())[replica].Id;
        string[] variables = MachineProcesses.Environment(process);
        string secret = Path.Combine(ValueOf("FEDERATION_SECRETS"), ValueOf("SECRET_FILE"));
        Assert.True(File.Exists(secret), secret);
        string[] forbidden =
        [
            $"/proc/{process}/environ", secret, Path.Combine(Path.GetDirectoryName(ValueOf("HOME"))!, "environment"),
            _plane.ContextPath, Path.Combine(_plane.State, "bootstrap", "admin.json"), Path.Combine(_plane.State, "keys", "secretstore-kek"),
        ];
        Assert.All(forbidden, path => Assert.True(File.Exists(path), path));
        string context = await OtherTenantAsync();
        string looks = string.Join('\n', forbidden.Prepend("/proc/self/environ").Select(path => $"          if cat {path} >/dev/null 2>&1; then echo READ {path}; else echo DENIED {path}; fi"));
        string file = Path.Combine(_plane.Shared, "prying.yaml");
        File.WriteAllText(file, $$"""
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: prying }
            spec:
              replicas: 1
              template:
                process:
                  command: /bin/sh
                  arguments:
                    - -c
                    - |
            {{looks}}
                      if kill -0 {{process}} 2>/dev/null; then echo SIGNALLED; fi
                      echo LOOKED
                      exec sleep 3600
                resources: { cpu: 10m, memory: 16Mi }
            """);
        (await RunningPlane.FedctlAsync(context, ["apply", "-f", file])).Done();
        string seen = await Eventually.NotNullAsync("it has looked", async () =>
            (await RunningPlane.FedctlAsync(context, ["logs", "prying"])).Out is var text && text.Contains("LOOKED", StringComparison.Ordinal) ? text : null);
        (await RunningPlane.FedctlAsync(context, ["delete", "-f", file])).Done();

        Assert.Contains("READ /proc/self/environ", seen, StringComparison.Ordinal);
        Assert.All(forbidden, path => Assert.Contains($"DENIED {path}", seen, StringComparison.Ordinal));
        Assert.DoesNotContain("SIGNALLED", seen, StringComparison.Ordinal);

        string ValueOf(string name) => variables.Single(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
    }

    [Fact]
    public async Task Step34_SecretsPlaintext_IsNowhereButAtItsConsumer()
    {
        string secret = $"plain/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}+ü&?";
        (await RunningPlane.FedctlAsync(_plane.ContextPath, ["secret", "create", "keeper", "--from-stdin", "key"], secret)).Done();
        string file = Path.Combine(_plane.Shared, "keeper.yaml");
        File.WriteAllText(file, """
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: keeper }
            spec:
              replicas: 1
              template:
                process: { command: federation-sample, arguments: [web] }
                environment: { SECRET_FILE: keeper/key }
                ports: [{ name: http }]
                secrets: [{ name: keeper }]
                resources: { cpu: 50m, memory: 64Mi }
                healthCheck: { http: { path: /healthz } }
            ---
            apiVersion: federation/v1
            kind: Route
            metadata: { name: keeper }
            spec: { host: keeper.localhost, workload: keeper, port: http }
            """);
        (await _plane.FedctlAsync("apply", "-f", file)).Done();
        await Eventually.TrueAsync("keeper.localhost answers", () => AnswersAsync("keeper.localhost"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "keeper.localhost";
        using HttpResponseMessage answer = await _http.SendAsync(request, Cancelled);
        string fingerprint = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!["secret"]!["sha256Prefix"]!.GetValue<string>();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..8], fingerprint);
        (await _plane.FedctlAsync("get", "secret", "keeper", "-o", "yaml")).Done();
        (await _plane.FedctlAsync("describe", "secret", "keeper")).Done();

        IReadOnlyDictionary<string, byte[]> forms = Encodings.Of(secret);
        var found = new List<string>();
        int files = 0;
        foreach (string path in Directory.EnumerateFiles(_plane.State, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (Content(path) is not { } content) continue;
            files++;
            Look(path, content);
        }
        Look("AppHost's output", Encoding.UTF8.GetBytes(string.Join('\n', _plane.Output)));
        foreach (int process in MachineProcesses.All)
            Look($"process {process}", Encoding.UTF8.GetBytes(MachineProcesses.CommandLine(process) + "\n" + string.Join('\n', MachineProcesses.Environment(process))));
        Assert.True(files > 20, $"{files} files were looked at");
        Assert.True(found.Count == 0, string.Join('\n', found));
        (await _plane.FedctlAsync("delete", "-f", file)).Done();

        void Look(string where, byte[] content) =>
            found.AddRange(forms.Where(form => content.AsSpan().IndexOf(form.Value) >= 0).Select(form => $"{where} holds the secret {form.Key}"));

        static byte[]? Content(string path)
        {
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var content = new MemoryStream();
                stream.CopyTo(content);
                return content.ToArray();
            }
            catch (IOException)
            {
                // A socket, or gone meanwhile.
                return null;
            }
        }
    }

    /// <summary>The context of an administrator of another tenant, which is made once.</summary>
    private async Task<string> OtherTenantAsync()
    {
        string path = Path.Combine(_plane.Shared, "tenant.json");
        if (File.Exists(path)) return path;
        await _plane.Client.CreateTenantAsync(new TenantRequest(OtherTenant), Cancelled);
        using FederationClient platform = FederationClient.Create(ContextFile.Load(_plane.ContextPath).File.Find(null)! with { Tenant = OtherTenant });
        return ContextOf("tenant", await platform.CreateServiceAccountAsync(new ServiceAccountRequest("head", "admin"), Cancelled), null);
    }

    private string ContextOf(string name, ServiceAccountReply account, string? tenant)
    {
        string path = Path.Combine(_plane.Shared, $"{name}.json");
        new ContextFile().With(name, new ClientContext { Server = _plane.Api, Tenant = tenant, ClientId = account.ClientId, ClientSecret = account.ClientSecret }, makeCurrent: true).Save(path);
        return path;
    }
}
