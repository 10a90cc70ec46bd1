namespace Federation.AppHost;

/// <summary>Where everything lies under the state folder.</summary>
internal sealed class LocalState(string root)
{
    /// <summary>What Identity hands to the others on the same machine: authority, join tokens, the first administrator.</summary>
    public string Bootstrap => Path.Combine(root, "bootstrap");

    public string Authority => Path.Combine(Bootstrap, "authority.pem");

    public string Administrator => Path.Combine(Bootstrap, "admin.json");

    public string Root => root;

    /// <summary>Where the copy of the sample program is, and of what.</summary>
    public string SamplePath => Path.Combine(root, "sample-program");

    public string Agents => Path.Combine(root, "agents");

    public string ContextFile => Path.Combine(root, "context.json");

    public string Key(string name) => Path.Combine(root, "keys", name);

    public string Of(string service) => Path.Combine(root, "services", service);

    public string OfNode(string cluster, string node) => Path.Combine(Agents, $"{cluster}-{node}");

    public string ServiceToken(string service) => Path.Combine(Bootstrap, $"service-{service}.token");

    public string NodeToken(string cluster, string node) => Path.Combine(root, "keys", $"{cluster}-{node}.token");
}
