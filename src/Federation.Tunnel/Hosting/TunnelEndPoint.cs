using System.Net;
using System.Net.Sockets;

namespace Federation.Tunnel.Hosting;

/// <summary>Where Kestrel listens for tunnel streams instead of TCP connections: <c>kestrel.Listen(new TunnelEndPoint("mesh"), ...)</c>.</summary>
/// <param name="name">Says which of the process's listeners this is; <see cref="TunnelConnectionListenerFactory.Accept"/> names it.</param>
public sealed class TunnelEndPoint(string name) : EndPoint, IEquatable<TunnelEndPoint>
{
    /// <summary>The listener's name.</summary>
    public string Name { get; } = name;

    /// <summary>None. Kestrel's metrics ask for it: without an answer the first connection would end the listener.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <inheritdoc />
    public bool Equals(TunnelEndPoint? other) => other is not null && other.Name == Name;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as TunnelEndPoint);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    /// <inheritdoc />
    public override string ToString() => $"tunnel-{Name}";
}
