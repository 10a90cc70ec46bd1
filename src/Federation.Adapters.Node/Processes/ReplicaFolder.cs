using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Processes;

/// <summary>Where the files of one replica are. Only what is named for the tenant is the tenant's; the agent never writes into that again once it is handed over.</summary>
internal sealed class ReplicaFolder(string replicas, string logs, ReplicaId id)
{
    /// <summary>May be entered by anyone who knows the replica's name; nothing in it may be listed.</summary>
    public string Root { get; } = Path.Combine(replicas, id.Value);

    /// <summary>The agent's and the parent's own.</summary>
    public string Control => Path.Combine(Root, "control");

    /// <summary>The tenant's: where the process starts, with its configs and secrets.</summary>
    public string Home => Path.Combine(Root, "home");

    /// <summary>The tenant's to read: the environment as a shell sets it.</summary>
    public string Environment => Path.Combine(Root, "environment");

    public string Record => Path.Combine(Control, "record");

    public string Groups => Path.Combine(Control, "groups");

    public string Parent => Path.Combine(Control, "parent");

    public string Child => Path.Combine(Control, "child");

    public string Status => Path.Combine(Control, "status");

    public string Fenced => Path.Combine(Control, "fenced");

    public string Log { get; } = Path.Combine(logs, id.Value + ".log");
}
