using System.Text.Json.Nodes;

namespace Federation.Client.Tests.Cli;

/// <summary><c>fedctl service create</c>, with the flags that a user of a swarm knows.</summary>
public sealed class ServiceCreateTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-service-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync() => _plane = await StandInPlane.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<FedctlCall> RunAsync(params string[] args) => FedctlCall.RunAsync(_plane.ContextPath, args);

    private JsonNode Spec(string kind, string name) => _plane.Resources[$"/v1/namespaces/default/{kind}/{name}"]["spec"]!;

    [Fact]
    public async Task Create_WithFlags_SaysWhatAStackFileWouldSay()
    {
        string file = Path.Combine(_folder, "variables");
        await File.WriteAllTextAsync(file, "FROM_FILE=a b\n", TestContext.Current.CancellationToken);
        await RunAsync("secret", "create", "db_password", "--from-literal", "db_password=x");
        await RunAsync("config", "create", "site", "--from-literal", "site=x");
        FedctlCall call = await RunAsync(
            "service", "create", "-d", "--name", "web", "--replicas", "3", "-p", "8080:80", "--env", "COST=$5", "--env-file", file, "--secret", "source=db_password,target=pw,mode=400", "--config", "source=site,target=/etc/site",
            "--mount", "type=volume,source=data,target=/data,readonly", "--mount", "type=tmpfs,dst=/t,tmpfs-size=1m", "--network", "name=back,alias=www", "--constraint", "node.labels.disk==ssd",
            "--limit-memory", "64m", "--limit-cpu", ".5", "--label", "a=b", "--container-label", "com.example.c=d", "--health-cmd", "true", "--health-interval", "1m30s", "--restart-condition", "on-failure",
            "--update-order", "start-first", "--update-parallelism", "2", "--ulimit", "nofile=100:200", "--sysctl", "net.core.somaxconn=128", "--host", "db:10.0.0.1", "--stop-signal", "INT", "-u", "1234", "-t", "--with-registry-auth", "-q", "web:1");
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal(["volume/data created", "workload/web created", "route/web created"], call.Lines);
        Assert.Equal("warning: service create: ports[0]: it is reached at the ingress as http://web.localhost/; port 8080 itself is opened on no machine", call.Error.Trim());
        JsonNode spec = Spec("workloads", "web"), template = spec["template"]!, container = template["container"]!;
        Assert.Null(_plane.Resources["/v1/namespaces/default/workloads/web"]["metadata"]!["labels"]);
        Assert.Equal("3", spec["replicas"]!.ToString());
        Assert.Equal("web.localhost", Spec("routes", "web")["host"]!.GetValue<string>());
        Assert.Equal("""{"FROM_FILE":"a b","COST":"$5"}""", template["environment"]!.ToJsonString());
        Assert.Equal("""[{"name":"db-password","files":[{"path":"/run/secrets/pw","mode":"0400"}]}]""", template["secrets"]!.ToJsonString());
        Assert.Equal("""[{"name":"site","files":[{"path":"/etc/site"}]}]""", template["configs"]!.ToJsonString());
        Assert.Equal("""[{"name":"data","path":"/data","readOnly":true}]""", template["volumes"]!.ToJsonString());
        Assert.Equal(("64Mi", "500m"), (template["resources"]!["memoryLimit"]!.ToString(), template["resources"]!["cpuLimit"]!.ToString()));
        Assert.Equal(("90", "onFailure"), (template["healthCheck"]!["intervalSeconds"]!.ToString(), template["restart"]!["condition"]!.ToString()));
        Assert.Equal("""["www"]""", container["networks"]![0]!["aliases"]!.ToJsonString());
        Assert.Equal("""["node.labels.disk==ssd"]""", container["nodes"]!["constraints"]!.ToJsonString());
        Assert.Equal(("""{"a":"b"}""", """{"com.example.c":"d"}""", """{"net.core.somaxconn":"128"}"""), (container["serviceLabels"]!.ToJsonString(), container["labels"]!.ToJsonString(), container["sysctls"]!.ToJsonString()));
        Assert.Equal(("SIGINT", "1234", "true"), (container["stopSignal"]!.ToString(), container["user"]!.ToString(), container["terminal"]!.ToString()));
    }

    [Fact]
    public async Task Create_WhatFollowsTheImage_IsTheProgramsOwn()
    {
        FedctlCall call = await RunAsync("service", "create", "--name=tick", "-e", "A=b", "-d", "box:1", "sh", "-c", "sleep 1", "--detach", "-e", "$X");
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal("""["sh","-c","sleep 1","--detach","-e","$X"]""", Spec("workloads", "tick")["template"]!["container"]!["arguments"]!.ToJsonString());
    }

    [Theory]
    [InlineData(3, "deploy.replicas: a whole number is expected", "--replicas", "many")]
    [InlineData(3, "volumes[0]: it names no target", "--mount", "source=data")]
    [InlineData(2, "--mount: 'sorce' is not known", "--mount", "sorce=data,target=/data")]
    [InlineData(2, "there is no option '--generic-resource'\ngeneric resources are not on any kind of cluster yet", "--generic-resource", "gpu=1")]
    [InlineData(4, "secret/nowhere is not there", "--secret", "nowhere")]
    [InlineData(1, "the service api is there already", "--replicas", "2")]
    public async Task Create_OfWhatCannotBe_ChangesNothingAndSaysWhy(int code, string told, params string[] flags)
    {
        await RunAsync("service", "create", "--name", "api", "-d", "api:1");
        string before = Spec("workloads", "api").ToJsonString();
        FedctlCall call = await RunAsync(["service", "create", "--name", "api", "-d", .. flags, "api:2"]);
        Assert.Equal(code, call.ExitCode);
        Assert.Contains(told, call.Error, StringComparison.Ordinal);
        Assert.Equal(before, Spec("workloads", "api").ToJsonString());
    }
}
