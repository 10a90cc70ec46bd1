using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Planes;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Guides;

/// <summary>The pipelines of the examples, their steps run as the scripts that they are, by a service account of their own.</summary>
public sealed partial class GuideTests
{
    private static readonly string Pipelines = Path.Combine(Repository.Examples, "pipelines");

    [Theory]
    [InlineData("Jenkinsfile", @"^\s*sh '(.+)'$")]
    [InlineData("github-actions.yml", @"^\s*run: (.+)$")]
    public async Task Steps_OfAPipeline_PlanAndApply(string pipeline, string step)
    {
        string workload = "from-" + Path.GetFileNameWithoutExtension(pipeline).ToLowerInvariant();
        (string folder, Dictionary<string, string> environment) = await CheckedOutAsync(workload);
        string[] steps = [.. Regex.Matches(File.ReadAllText(Path.Combine(Pipelines, pipeline)), step, RegexOptions.Multiline).Select(static match => match.Groups[1].Value)];
        Assert.Equal(2, steps.Length);

        CommandResult plan = (await StepAsync(folder, environment, steps[0])).Done();
        Assert.Contains(workload, plan.Out, StringComparison.Ordinal);
        Assert.Equal(4, (await plane.FedctlAsync("get", "workload", workload)).ExitCode);

        CommandResult applied = (await StepAsync(folder, environment, steps[1])).Done();
        Assert.Contains($"workload/{workload} created", applied.Out, StringComparison.Ordinal);
        await plane.ReadyAsync(workload);
    }

    [Fact]
    public async Task Apply_OfAVersionThatIsNeverReady_FailsAndTheVersionBeforeRuns()
    {
        (string folder, Dictionary<string, string> environment) = await CheckedOutAsync("taken-back");
        (await StepAsync(folder, environment, "./deploy apply manifests")).Done();
        string good = (await plane.ReadyAsync("taken-back")).Status!.Revision!;

        string manifest = Path.Combine(folder, "manifests", "hello.yaml");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("/healthz", "/not-there", StringComparison.Ordinal));
        environment["READY_TIMEOUT"] = "15s";
        CommandResult failed = await StepAsync(folder, environment, "./deploy apply manifests");

        Assert.True(failed.ExitCode is 1 or 6, failed.All);
        Workload back = await plane.ReadyAsync("taken-back", workload => workload.Status!.Revision == good);
        Assert.Equal(1, back.Status!.Ready);
    }

    private static Task<CommandResult> StepAsync(string folder, Dictionary<string, string> environment, string step) =>
        Command.Start("bash", ["-ec", $"cd '{folder}'\n{step}"], environment).EndAsync(Patience, TestContext.Current.CancellationToken);

    // What a pipeline has: a checkout with manifests and the script, fedctl, and its account's credentials.
    private async Task<(string Folder, Dictionary<string, string> Environment)> CheckedOutAsync(string workload)
    {
        string folder = Directory.CreateDirectory(Path.Combine(plane.Shared, workload, "manifests")).Parent!.FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "deploy"), Path.Combine(Pipelines, "deploy"));
        string hello = File.ReadAllText(Path.Combine(Repository.Examples, "hello", "hello.yaml"));
        File.WriteAllText(Path.Combine(folder, "manifests", "hello.yaml"), hello.Replace("name: hello", $"name: {workload}", StringComparison.Ordinal)
            .Replace("workload: hello", $"workload: {workload}", StringComparison.Ordinal).Replace("hello.localhost", $"{workload}.localhost", StringComparison.Ordinal));
        JsonNode account = JsonNode.Parse((await plane.FedctlAsync("raw", "POST", "/v1/serviceaccounts", "-d", $$"""{"name":"{{workload}}","role":"deployer"}""")).Done().Out)!;
        string id = account["clientId"]!.GetValue<string>(), secret = account["clientSecret"]!.GetValue<string>();
        return (folder, new()
        {
            ["FEDCTL"] = Repository.Fedctl,
            ["FEDERATION_SERVER"] = plane.Api.ToString(),
            ["FEDERATION_CLIENT_ID"] = id,
            ["FEDERATION_CLIENT_SECRET"] = secret,
            ["FEDERATION_CLIENT_USR"] = id,
            ["FEDERATION_CLIENT_PSW"] = secret,
        });
    }
}
