namespace Federation.Hosting.ApplicationModel;

/// <summary>One endpoint of a project; its address is known once the launcher has settled the ports.</summary>
public sealed class EndpointReference
{
    internal EndpointReference(ProjectResource owner, string name, string scheme, int port, string? variable)
    {
        Owner = owner;
        EndpointName = name;
        Scheme = scheme;
        DeclaredPort = port;
        Variable = variable;
    }

    /// <summary>The endpoint's name: <c>http</c>, <c>grpc</c>.</summary>
    public string EndpointName { get; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary>The first instance's port, with the launcher's shift.</summary>
    public int Port => Ports.Count > 0 ? Ports[0] : DeclaredPort;

    /// <summary>The first instance's address.</summary>
    public string Url => Address(Port);

    internal ProjectResource Owner { get; }

    internal int DeclaredPort { get; }

    // How the project itself is told its port.
    internal string? Variable { get; }

    // One for each instance.
    internal List<int> Ports { get; } = [];

    internal string Address(int port) => $"{Scheme}://localhost:{port}";
}
