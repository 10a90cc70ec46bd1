using System.Globalization;
using System.Text;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Node.Processes;

/// <summary>What a replica's process finds in its environment, and nothing else: no secret, nothing of the agent's own.</summary>
internal sealed class ReplicaEnvironment
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string NoProxy = "localhost,127.0.0.1,::1";

    private readonly List<string> _order = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private ReplicaEnvironment() { }

    /// <summary>Makes it; null with the rule that refuses.</summary>
    public static ReplicaEnvironment? TryMake(
        ReplicaRecord record, ProcessHostOptions options, ReplicaFolder folder, string mark, IReadOnlyDictionary<string, string> volumes, out string? refusal)
    {
        var environment = new ReplicaEnvironment();
        environment.Set("PATH", string.IsNullOrEmpty(options.ProgramPath) ? SystemPath : $"{options.ProgramPath}:{SystemPath}");
        environment.Set("HOME", folder.Home);
        environment.Set("LANG", "C.UTF-8");
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } dotnet) environment.Set("DOTNET_ROOT", dotnet);
        environment.Describe(record, static (_, port) => port.Port, options.Cluster, options.Node, folder.Home, mark, volumes, options.Proxy?.Invoke(record));
        refusal = environment.Declare(record.Template.Environment, IsVariableName) ?? environment.Declare(record.Template.Process?.Environment, IsVariableName);
        return refusal is null ? environment : null;
    }

    /// <summary>Makes a container's, over what its image sets; null with the rule that refuses.</summary>
    public static ReplicaEnvironment? TryMakeForContainer(
        ReplicaRecord record, Func<int, ReplicaPort, int> inside, ClusterId cluster, NodeId node, string home, string mark,
        IReadOnlyDictionary<string, string> volumes, Uri? proxy, out string? refusal)
    {
        var environment = new ReplicaEnvironment();
        environment.Describe(record, inside, cluster, node, home, mark, volumes, proxy);
        refusal = environment.Declare(record.Template.Environment, IsContainerVariableName) ?? environment.Declare(record.Template.Container?.Environment, IsContainerVariableName);
        return refusal is null ? environment : null;
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

    /// <summary>The form that a shell reads: enters the folder, then sets exactly these.</summary>
    public string ToShell(string workingDirectory)
    {
        var text = new StringBuilder();
        text.Append("unset OLDPWD PATH\ncd ").Append(Quote(workingDirectory)).Append(" || exit 126\nunset OLDPWD PWD\n");
        foreach (string name in _order) text.Append("export ").Append(name).Append('=').Append(Quote(_values[name])).Append('\n');
        return text.ToString();
    }

    /// <summary>A name as it is used inside a variable's name.</summary>
    public static string VariableName(string name) => name.Replace('-', '_').ToUpperInvariant();

    private void Describe(
        ReplicaRecord record, Func<int, ReplicaPort, int> numberOf, ClusterId cluster, NodeId node, string home, string mark, IReadOnlyDictionary<string, string> volumes, Uri? proxy)
    {
        for (int i = 0; i < record.Ports.Count; i++)
        {
            ReplicaPort port = record.Ports[i];
            string number = numberOf(i, port).ToString(CultureInfo.InvariantCulture);
            if (i == 0) Set("PORT", number);
            Set("PORT_" + VariableName(port.Name), number);
        }
        Set("FEDERATION_WORKLOAD", record.Workload.Name);
        Set("FEDERATION_NAMESPACE", record.Workload.Namespace);
        Set("FEDERATION_TENANT", record.Workload.Tenant.Value);
        Set("FEDERATION_CLUSTER", cluster.Value);
        Set("FEDERATION_NODE", node.Value);
        Set("FEDERATION_REPLICA", record.Id.Value);
        Set("FEDERATION_REVISION", record.Revision.Value);
        Set("FEDERATION_CONFIGS", Path.Combine(home, "configs"));
        Set("FEDERATION_SECRETS", Path.Combine(home, "secrets"));
        Set("FEDERATION_MARK", mark);
        foreach ((string name, string path) in volumes) Set("FEDERATION_VOLUME_" + VariableName(name), path);
        if (proxy is null) return;
        Set("http_proxy", proxy.AbsoluteUri);
        Set("HTTP_PROXY", proxy.AbsoluteUri);
        Set("no_proxy", NoProxy);
        Set("NO_PROXY", NoProxy);
    }

    private string? Declare(IReadOnlyDictionary<string, string>? declared, Func<string, bool> isName)
    {
        foreach ((string name, string value) in declared ?? new Dictionary<string, string>())
        {
            if (!isName(name) || value.Contains('\0'))
                return $"the environment variable '{name}' cannot be set: a name has letters, digits and '_' and does not begin with a digit, and no value holds a zero byte";
            Set(name, Expand(value));
        }
        return null;
    }

    // A container's is set by no shell.
    private static bool IsContainerVariableName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsVariableName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Quote(string value) => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private void Set(string name, string value)
    {
        if (!_values.ContainsKey(name)) _order.Add(name);
        _values[name] = value;
    }
}
