using Federation.Domain.Quantities;

namespace Federation.Adapters.Node.Processes;

/// <summary>The machine's processors, as many of them as this process may use.</summary>
public static class MachineProcessors
{
    /// <summary>What they give together.</summary>
    public static CpuMillis All { get; } = new(Environment.ProcessorCount * 1000L);
}
