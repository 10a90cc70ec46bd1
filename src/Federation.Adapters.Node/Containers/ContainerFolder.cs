using System.Security.Cryptography;
using System.Text;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Containers;

/// <summary>Where the files of one replica's container are. Nobody but the agent's user can enter; the container sees what is mounted into it, to read.</summary>
internal sealed class ContainerFolder(string containers, ReplicaId id)
{
    /// <summary>Where the container sees <see cref="Home"/>.</summary>
    public const string InsideHome = "/run/federation";

    public string Root { get; } = Path.Combine(containers, id.Value);

    /// <summary>The container's configs and secrets.</summary>
    public string Home => Path.Combine(Root, "home");

    public string Control => Path.Combine(Root, "control");

    public string Record => Path.Combine(Control, "record");

    /// <summary>Who the container's first process is, as the guard reads it.</summary>
    public string Child => Path.Combine(Control, "child");

    /// <summary>Who the guard is.</summary>
    public string Guard => Path.Combine(Control, "guard");

    /// <summary>The attempt that has ended: its guard ends too.</summary>
    public string Over => Path.Combine(Control, "over");

    public string Fenced => Path.Combine(Control, "fenced");

    /// <summary>The time of the last output that was taken over.</summary>
    public string Seen => Path.Combine(Control, "seen");

    /// <summary>What is mounted at paths from the root.</summary>
    public string AtRoot => Path.Combine(Root, "rooted");

    /// <summary>The folder or file that is mounted at a path from the root.</summary>
    public string Rooted(string path) => Path.Combine(AtRoot, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path.TrimEnd('/'))))[..16]);

    public void Prepare()
    {
        PrivateFolder.Ensure(Root);
        PrivateFolder.Ensure(Control);
    }
}
