namespace Federation.Tunnel.Connections;

/// <summary>Which end of a tunnel this is.</summary>
public enum TunnelRole
{
    /// <summary>Was dialled; opens even streams.</summary>
    Gateway,

    /// <summary>Dialled; opens odd streams.</summary>
    Agent,
}
