using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace Browser.Tests.Stage;

/// <summary>npm's axe-core, installed once into a folder of its own.</summary>
internal sealed class AxeRules : IDisposable
{
    private const string Run = """
        async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations
            .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("federation-axe-").FullName;
    private string _source = "";

    /// <summary>Installs it; says why it could not.</summary>
    public async Task<string?> InstallAsync()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "axe"))) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        try
        {
            using Process npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            {
                WorkingDirectory = _folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            string errors = await npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0) return $"axe-core: npm ci ended with {npm.ExitCode}: {(errors + await output).Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))}";
        }
        catch (Win32Exception)
        {
            return "npm is not installed: apt-get install -y nodejs npm";
        }
        _source = await File.ReadAllTextAsync(Path.Combine(_folder, "node_modules", "axe-core", "axe.min.js"));
        return null;
    }

    /// <summary>What the rules find wrong with a page as it stands.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(_source);
        JsonElement? found = await page.EvaluateAsync(Run);
        return [.. found!.Value.EnumerateArray().Select(item => item.GetString()!)];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
