using System.Diagnostics;

namespace Federation.Services.Tests.Identity;

/// <summary>
/// Programs of others, from npm, installed into a temporary folder when they are first needed. Where npm or its registry is missing the test is skipped, and says so.
/// </summary>
internal static class NodePackages
{
    private static readonly Lazy<Task<(string? Folder, string Failure)>> Installed = new(InstallAsync);

    /// <summary>Runs an ES module with the packages at hand; its output. Fails the test if it fails.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        (string? folder, string failure) = await Installed.Value;
        if (folder is null) Assert.Skip(failure);
        string file = Path.Combine(folder, $"{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(file, script, TestContext.Current.CancellationToken);
        (int code, string output) = await ExecuteAsync("node", [file, .. arguments], folder);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<(string?, string)> InstallAsync()
    {
        string folder = Directory.CreateTempSubdirectory("federation-npm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        try
        {
            (int code, string output) = await ExecuteAsync(
                "npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error", "jose@6", "openid-client@6"], folder);
            return code == 0 ? (folder, "") : (null, "npm could not install jose and openid-client: " + output.Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (null, "npm is not installed: " + e.Message);
        }
    }

    private static async Task<(int Code, string Output)> ExecuteAsync(string program, string[] arguments, string folder)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{program} did not end within 3 minutes");
        }
        return (process.ExitCode, await output + await errors);
    }
}
