namespace Federation.Grpc.Server;

/// <summary>Who may call a method. Every mapped method says it; <see cref="GrpcServerOptions.Authorize"/> decides whether a connection's peer is one of them.</summary>
public abstract record AllowedPeers
{
    private AllowedPeers() { }

    /// <summary>Anyone, without a client certificate too.</summary>
    public static AllowedPeers Anonymous { get; } = new AnonymousPeers();

    /// <summary>Any Agent.</summary>
    public static AllowedPeers Agents { get; } = new AgentPeers();

    /// <summary>Any of the plane's services.</summary>
    public static AllowedPeers Services { get; } = new ServicePeers();

    /// <summary>Any Agent and any of the plane's services.</summary>
    public static AllowedPeers AgentsAndServices { get; } = new AgentAndServicePeers();

    /// <summary>One service alone.</summary>
    public static AllowedPeers Service(string name) => new NamedService(name);

    /// <summary>See <see cref="Anonymous"/>.</summary>
    public sealed record AnonymousPeers : AllowedPeers;

    /// <summary>See <see cref="Agents"/>.</summary>
    public sealed record AgentPeers : AllowedPeers;

    /// <summary>See <see cref="Services"/>.</summary>
    public sealed record ServicePeers : AllowedPeers;

    /// <summary>See <see cref="AgentsAndServices"/>.</summary>
    public sealed record AgentAndServicePeers : AllowedPeers;

    /// <summary>See <see cref="Service"/>.</summary>
    /// <param name="Name">The service's name.</param>
    public sealed record NamedService(string Name) : AllowedPeers;
}
