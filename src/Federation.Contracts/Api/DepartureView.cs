namespace Federation.Contracts.Api;

/// <summary>A share that has not left the place that it is to leave.</summary>
/// <param name="Workload">The workload: <c>tenant/namespace/name</c>.</param>
/// <param name="Node">The node, in native clusters.</param>
/// <param name="Replicas">Replicas that run there.</param>
/// <param name="Ready">Of them, those that are ready.</param>
/// <param name="State">The order's state: Active, Moving, Unreachable, Withdrawn.</param>
/// <param name="Blocked">Whether it waits for something that a person may have to give.</param>
/// <param name="Reason">What it waits for.</param>
public sealed record DepartureView(string Workload, string? Node, int Replicas, int Ready, string State, bool Blocked, string Reason);
