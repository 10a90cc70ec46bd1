using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Adapters.Conformance;

/// <summary>One cluster with its adapter, as the kit drives it.</summary>
public abstract class AdapterUnderTest : IAsyncDisposable
{
    public abstract IClusterActuator Actuator { get; }

    public abstract IClusterObserver Observer { get; }

    /// <summary>A template that serves HTTP and is ready soon; another text is another revision.</summary>
    public abstract WorkloadTemplate Serving(string text);

    /// <summary>The same, but it is never ready.</summary>
    public abstract WorkloadTemplate NeverReady(string text);

    /// <summary>A template that takes more memory than its limit.</summary>
    public abstract WorkloadTemplate Greedy { get; }

    /// <summary>A template that ends by itself, soon and with this exit code.</summary>
    public abstract WorkloadTemplate Ending(int code, RestartPolicy restart);

    /// <summary>An order for this cluster.</summary>
    public abstract Assignment Order(string workload, int replicas, WorkloadTemplate template, string revision);

    /// <summary>The adapter's process dies without a word, and another one starts in its place.</summary>
    public abstract Task DieAndReturnAsync();

    /// <summary>Identities of the processes that run now, as the machine sees them.</summary>
    public abstract IReadOnlyList<string> Processes();

    public abstract ValueTask DisposeAsync();
}
