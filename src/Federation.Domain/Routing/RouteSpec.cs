namespace Federation.Domain.Routing;

/// <summary>A route's declared state. Host and path together are a claim, unique in the plane.</summary>
public sealed record RouteSpec
{
    /// <summary>The host name, without port; matched without regard to case. A first part <c>*</c> matches any one part: <c>*.example.com</c>.</summary>
    public required string Host { get; init; }

    /// <summary>The path prefix, in whole segments; <c>/</c> matches all. The longest prefix wins.</summary>
    public string Path { get; init; } = "/";

    /// <summary>A workload of the same namespace.</summary>
    public required string Workload { get; init; }

    /// <summary>The port's name; the first that takes connections if left out. A port for datagrams can have no route.</summary>
    public string? Port { get; init; }
}
