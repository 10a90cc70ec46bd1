using System.Text.RegularExpressions;
using Observability.Tests.Planes;
using YamlDotNet.RepresentationModel;

namespace Observability.Tests.Rules;

public sealed partial class AlertRuleTests
{
    private static string Prometheus => Repository.PathOf("deploy", "prometheus");

    private static IEnumerable<string> RuleTests => Directory.EnumerateFiles(Path.Combine(Prometheus, "tests"), "*.yml").Order(StringComparer.Ordinal);

    [Fact]
    public async Task Configuration_AndItsRules_AreValid()
    {
        Tool.Require("promtool");
        (int code, string output) = await Tool.RunAsync("promtool", ["check", "config", Path.Combine(Prometheus, "prometheus.yml")]);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Alerts_FireAndAreSilent_AsTheirTestsSay()
    {
        Tool.Require("promtool");
        (int code, string output) = await Tool.RunAsync("promtool", ["test", "rules", .. RuleTests]);
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Alerts_Each_HaveATestThatFiresAndOneThatIsSilent()
    {
        var fires = new List<string>();
        var silent = new List<string>();
        foreach (string file in RuleTests)
        {
            foreach (YamlNode test in (YamlSequenceNode)AlertRule.Load(file)["tests"])
            {
                foreach (YamlNode check in (YamlSequenceNode)test["alert_rule_test"])
                    (((YamlSequenceNode)check["exp_alerts"]).Children.Count > 0 ? fires : silent).Add(((YamlScalarNode)check["alertname"]).Value!);
            }
        }
        string[] alerts = [.. AlertRule.All.Select(rule => rule.Name).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(alerts);
        Assert.Equal(alerts, fires.Order(StringComparer.Ordinal));
        Assert.Equal(alerts, silent.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Alerts_Each_NameASeverityAndARunbookThatIsThere()
    {
        string[] anchors = [.. File.ReadLines(Repository.PathOf("docs", "guides", "troubleshooting.md")).Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(Anchor)];
        Assert.All(AlertRule.All, rule =>
        {
            Assert.Contains(rule.Severity, (string[])["critical", "warning"]);
            string[] runbook = rule.Runbook.Split('#');
            Assert.Equal("docs/guides/troubleshooting.md", runbook[0]);
            Assert.Contains(runbook[1], anchors);
        });
    }

    // As GitHub makes them of headings.
    private static string Anchor(string heading) => NotInAnchors().Replace(heading[3..].ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchors();
}
