using Federation.Domain.Identifiers;

namespace Federation.Routing.Tables;

/// <summary>A workload's endpoints in a table.</summary>
public sealed class RoutedService
{
    private readonly RoutedEndpoint[] _endpoints;
    private readonly Rotation _rotation;

    internal RoutedService(WorkloadKey key, TemplateRevision? trial, RoutedEndpoint[] endpoints, Rotation rotation)
    {
        Key = key;
        Trial = trial;
        _endpoints = endpoints;
        _rotation = rotation;
    }

    /// <summary>The workload.</summary>
    public WorkloadKey Key { get; }

    /// <summary>The revision on trial; null while none is.</summary>
    public TemplateRevision? Trial { get; }

    /// <summary>Its endpoints, in order of replica ids.</summary>
    public ReadOnlySpan<RoutedEndpoint> Endpoints => _endpoints;

    /// <summary>Where the next choice begins to look; turns with each choice, over all tables.</summary>
    internal int NextStart() => _endpoints.Length == 0 ? 0 : (int)((uint)Interlocked.Increment(ref _rotation.Value) % (uint)_endpoints.Length);

    internal Rotation SharedRotation => _rotation;

    internal sealed class Rotation(int start)
    {
        public int Value = start;
    }
}
