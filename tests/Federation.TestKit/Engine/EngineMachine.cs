namespace Federation.TestKit.Engine;

/// <summary>A machine of a test bed: a network namespace with an address of its own.</summary>
/// <param name="Namespace">The namespace's name.</param>
/// <param name="Address">Its address on the bed's network.</param>
/// <param name="Bridge">The engine's own network on it, with its address there: <c>10.200.1.1/24</c>.</param>
public sealed record EngineMachine(string Namespace, string Address, string Bridge);
