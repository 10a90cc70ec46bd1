using System.Globalization;
using System.Text;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>What every task of a service finds in its environment, over what its image sets.</summary>
internal sealed class ReplicaVariables
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private ReplicaVariables() { }

    /// <summary>Makes it; null with the rule that refuses.</summary>
    public static ReplicaVariables? TryMake(Assignment order, string home, IReadOnlyDictionary<string, string> volumes, out string? refusal)
    {
        var variables = new ReplicaVariables();
        WorkloadTemplate template = order.Template;
        for (int i = 0; i < (template.Ports?.Count ?? 0); i++)
        {
            string number = ServicePorts.Inside(template, i).ToString(CultureInfo.InvariantCulture);
            if (i == 0) variables.Set("PORT", number);
            variables.Set("PORT_" + VariableName(template.Ports![i].Name), number);
        }
        variables.Set("FEDERATION_WORKLOAD", order.Workload.Name);
        variables.Set("FEDERATION_NAMESPACE", order.Workload.Namespace);
        variables.Set("FEDERATION_TENANT", order.Workload.Tenant.Value);
        variables.Set("FEDERATION_CLUSTER", order.Cluster.Value);
        // Swarm fills these in for each task.
        variables.Set("FEDERATION_NODE", "{{.Node.Hostname}}");
        variables.Set("FEDERATION_REPLICA", "{{.Task.ID}}");
        variables.Set("FEDERATION_REVISION", order.Revision.Value);
        variables.Set("FEDERATION_CONFIGS", home + "/configs");
        variables.Set("FEDERATION_SECRETS", home + "/secrets");
        foreach ((string name, string path) in volumes) variables.Set("FEDERATION_VOLUME_" + VariableName(name), path);
        refusal = variables.Declare(template.Environment) ?? variables.Declare(template.Container?.Environment);
        return refusal is null ? variables : null;
    }

    /// <summary>The form that an engine takes: <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> ToList() => [.. _order.Select(name => $"{name}={_values[name]}")];

    /// <summary>Puts the value of each <c>$(NAME)</c> that is set in its place; <c>$$(NAME)</c> is the text <c>$(NAME)</c>.</summary>
    public string Expand(string text)
    {
        if (!text.Contains("$(", StringComparison.Ordinal)) return text;
        var expanded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            int close = text[i] == '$' && i + 1 < text.Length && text[i + 1] == '(' ? text.IndexOf(')', i) : -1;
            if (text.AsSpan(i).StartsWith("$$("))
            {
                expanded.Append("$(");
                i += 2;
            }
            else if (close > 0 && _values.TryGetValue(text[(i + 2)..close], out string? value))
            {
                expanded.Append(value);
                i = close;
            }
            else
            {
                expanded.Append(text[i]);
            }
        }
        return expanded.ToString();
    }

    private static string VariableName(string name) => name.Replace('-', '_').ToUpperInvariant();

    private string? Declare(IReadOnlyDictionary<string, string>? declared)
    {
        foreach ((string name, string value) in declared ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') || value.Contains('\0'))
                return $"the environment variable '{name}' cannot be set: a name has letters, digits, '_', '.' and '-' and does not begin with a digit, and no value holds a zero byte";
            // Swarm reads values as Go templates: a user's braces are to arrive as they were written.
            Set(name, Expand(value.Replace("{{", "{{\"{{\"}}", StringComparison.Ordinal)));
        }
        return null;
    }

    private void Set(string name, string value)
    {
        if (!_values.ContainsKey(name)) _order.Add(name);
        _values[name] = value;
    }
}
