using System.Diagnostics;
using Federation.Contracts.Api;

namespace Federation.Client.Tests.Cli;

public sealed class NodeInstallTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-install-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync()
    {
        _plane = await StandInPlane.StartAsync(_folder);
        _plane.Answers["POST /v1/jointokens"] = (200, new JoinTokenReply("fjt1.id.secret.hash", DateTimeOffset.UtcNow.AddHours(1)));
    }

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Install_Script_PutsTheAgentInItsPlaceAndStartsIt()
    {
        string root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName, tools = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        Program("systemctl", $"echo \"$@\" >>'{_folder}/systemctl.log'");
        string agent = Program("agent", "exit 0");
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["node", "install", "--cluster", "edge", "--node", "n2", "--plane", "plane.example.com"]);
        Assert.Equal(0, call.ExitCode);
        for (int time = 0; time < 2; time++)
        {
            // Run again it comes to the same.
            (int code, string said) = await ShellAsync(call.Out, ("ROOT", root), ("AGENT", agent), ("PATH", tools + ":" + Environment.GetEnvironmentVariable("PATH")));
            Assert.True(code == 0, said);
        }
        Assert.Equal("fjt1.id.secret.hash\n", Read("etc/federation/join.token"));
        string settings = Read("etc/federation/agent.env");
        Assert.Contains("Agent__Cluster=edge\nAgent__Node=n2\n", settings, StringComparison.Ordinal);
        Assert.Contains("services__identity__grpc__0=https://plane.example.com:7111\nservices__placement__grpc__0=https://plane.example.com:7131\nservices__health__grpc__0=https://plane.example.com:7141\nservices__gateway__grpc__0=https://plane.example.com:7071\n", settings, StringComparison.Ordinal);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        foreach (string secret in (string[])["etc/federation/join.token", "etc/federation/agent.env"]) Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(root, secret)) & others);
        Assert.Equal(["daemon-reload", "enable --now federation-agent.service"], (await File.ReadAllLinesAsync(Path.Combine(_folder, "systemctl.log"), TestContext.Current.CancellationToken))[..2]);
        string unit = Read("etc/systemd/system/federation-agent.service");
        // Replicas outlive their agent: these lines are the promise.
        Assert.Contains("\nKillMode=process\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nRestart=always\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nEnvironmentFile=/etc/federation/agent.env\n", unit, StringComparison.Ordinal);
        await VerifyAsync(unit, agent);

        string Read(string path) => File.ReadAllText(Path.Combine(root, path));

        string Program(string name, string script)
        {
            string path = Path.Combine(tools, name);
            File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return path;
        }
    }

    [Fact]
    public async Task Install_PlaneWithAPortBase_CountsThePortsAsTheAppHostDoes()
    {
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["node", "install", "--cluster", "edge", "--node", "n2", "--plane", "plane.example.com", "--port-base", "1000"]);
        Assert.Equal(0, call.ExitCode);
        foreach (string line in (string[])["IDENTITY='https://plane.example.com:8111'", "PLACEMENT='https://plane.example.com:8131'", "HEALTH='https://plane.example.com:8141'", "GATEWAY='https://plane.example.com:8071'"])
            Assert.Contains(line, call.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_HostThatIsNone_IsRefusedBeforeATokenIsMade()
    {
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["node", "install", "--cluster", "edge", "--node", "n2", "--plane", "a b'; reboot"]);
        Assert.Equal(2, call.ExitCode);
        Assert.Empty(_plane.Requests);
    }

    // Where systemd is, it reads the unit itself; every unit must at least have its sections and nothing but settings in them.
    private async Task VerifyAsync(string unit, string program)
    {
        string[] lines = [.. unit.Split('\n').Where(static line => line.Length > 0 && line[0] != '#')];
        Assert.Equal(["[Unit]", "[Service]", "[Install]"], lines.Where(static line => line[0] == '['));
        Assert.All(lines.Where(static line => line[0] != '['), static line => Assert.Matches("^[A-Z][A-Za-z]+=.+$", line));
        if (!File.Exists("/usr/bin/systemd-analyze")) return;
        string file = Path.Combine(_folder, "federation-agent.service");
        await File.WriteAllTextAsync(file, unit.Replace("/usr/local/bin/federation-agent", program, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (int code, string said) = await ShellAsync($"systemd-analyze verify --man=no '{file}' 2>&1 | grep -F federation-agent.service; true");
        Assert.Equal((0, ""), (code, said));
    }

    private static async Task<(int ExitCode, string Output)> ShellAsync(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process shell = Process.Start(start)!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, await output + (shell.ExitCode == 0 ? "" : await errors));
    }
}
