using System.ComponentModel;
using System.Diagnostics;
using Federation.Grpc.Tests.JavaScript;

[assembly: AssemblyFixture(typeof(NodePackages))]

namespace Federation.Grpc.Tests.JavaScript;

/// <summary>The JavaScript peer with its packages, installed once into a folder of its own. Where node or npm is absent, the tests that need it are skipped and say so.</summary>
public sealed class NodePackages : IAsyncLifetime
{
    private string? _missing;

    public string Folder { get; } = Directory.CreateTempSubdirectory("federation-grpc-interop").FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "interop")))
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        try
        {
            using Process npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            string errors = await npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
                _missing = $"npm ci ended with {npm.ExitCode}: {(errors + await output).Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))}";
        }
        catch (Win32Exception)
        {
            _missing = "npm is not installed: apt-get install -y nodejs npm";
        }
    }

    /// <summary>Starts a script of the peer's; skips the test where that cannot be.</summary>
    public Process Start(string script, params string[] arguments)
    {
        Assert.SkipWhen(_missing is not null, $"@grpc/grpc-js: {_missing}");
        return Process.Start(new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
