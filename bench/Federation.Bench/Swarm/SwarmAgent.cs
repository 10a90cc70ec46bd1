using System.Diagnostics;
using Federation.Bench.Planes;
using Federation.TestKit.Engine;

namespace Federation.Bench.Swarm;

/// <summary>The agent that drives a swarm, as the cluster <c>north</c> of a plane.</summary>
internal sealed class SwarmAgent : IAsyncDisposable
{
    private readonly Process _agent;

    private SwarmAgent(Process agent) => _agent = agent;

    public static async Task<SwarmAgent> StartAsync(string program, LaunchedPlane plane, DockerEngine manager, CancellationToken ct)
    {
        await plane.FedctlAsync("apiVersion: federation/v1\nkind: Cluster\nmetadata: { name: north }\nspec: { kind: swarm }\n", ct, "apply", "-f", "-");
        string state = Directory.CreateDirectory(Path.Combine(plane.StateDirectory, "north"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName, token = Path.Combine(state, "join");
        await File.WriteAllTextAsync(token, await plane.FedctlAsync(null, ct, "node", "join-token", "--cluster", "north", "--node", "manager"), ct);
        Process agent = Process.Start(new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["Agent__Drives"] = "swarm",
                ["Agent__Cluster"] = "north",
                ["Agent__Node"] = "manager",
                ["Agent__Engine__Address"] = "unix://" + manager.SocketPath,
                ["Agent__StateDirectory"] = Path.Combine(state, "agent"),
                ["Agent__JoinTokenFile"] = token,
                ["services__identity__grpc__0"] = LaunchedPlane.Grpc(7111),
                ["services__placement__grpc__0"] = LaunchedPlane.Grpc(7131),
                ["services__health__grpc__0"] = LaunchedPlane.Grpc(7141),
                ["services__gateway__grpc__0"] = LaunchedPlane.Grpc(7071),
            },
        })!;
        agent.OutputDataReceived += static (_, _) => { };
        agent.BeginOutputReadLine();
        var started = new SwarmAgent(agent);
        try
        {
            await plane.FedctlAsync(null, ct, "wait", "cluster", "north", "--for=ready");
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_agent.HasExited) await LaunchedPlane.InterruptAsync(_agent);
        _agent.Dispose();
    }
}
