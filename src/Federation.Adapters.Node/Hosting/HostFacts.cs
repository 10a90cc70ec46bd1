namespace Federation.Adapters.Node.Hosting;

/// <summary>What a host is.</summary>
/// <param name="Capabilities">What it can run and enforce, by the names of <see cref="Domain.Observation.Capability"/>.</param>
/// <param name="BootId">Changes with every boot of the machine; what ran before is gone.</param>
public sealed record HostFacts(IReadOnlyList<string> Capabilities, string BootId);
