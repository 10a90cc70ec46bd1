namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>A Service.</summary>
internal sealed record ServiceObject : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public ServiceSpec Spec { get; init; } = new();

    public ServiceStatus Status { get; init; } = new();
}

/// <summary>How a Service is reached.</summary>
internal sealed record ServiceSpec
{
    public string? Type { get; init; }

    public string? ClusterIP { get; init; }

    public IReadOnlyList<ServicePort>? Ports { get; init; }
}

/// <summary>A port of a Service.</summary>
internal sealed record ServicePort
{
    public string? Name { get; init; }

    public string? Protocol { get; init; }

    public int Port { get; init; }

    public int? NodePort { get; init; }
}

/// <summary>Where a Service is reached from outside.</summary>
internal sealed record ServiceStatus
{
    public LoadBalancerStatus? LoadBalancer { get; init; }
}

/// <summary>The addresses that a load balancer has given.</summary>
internal sealed record LoadBalancerStatus
{
    public IReadOnlyList<LoadBalancerAddress>? Ingress { get; init; }
}

/// <summary>One of them: an address or a name.</summary>
internal sealed record LoadBalancerAddress
{
    public string? Ip { get; init; }

    public string? Hostname { get; init; }
}

/// <summary>Some of a Service's endpoints. Lists may be null.</summary>
internal sealed record EndpointSlice : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public string? AddressType { get; init; }

    public IReadOnlyList<SliceEndpoint>? Endpoints { get; init; }

    public IReadOnlyList<SlicePort>? Ports { get; init; }
}

/// <summary>An endpoint.</summary>
internal sealed record SliceEndpoint
{
    public IReadOnlyList<string>? Addresses { get; init; }

    public SliceConditions? Conditions { get; init; }

    public string? NodeName { get; init; }

    public ObjectReference? TargetRef { get; init; }
}

/// <summary>Whether an endpoint takes traffic. Unsaid readiness counts as ready.</summary>
internal sealed record SliceConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }
}

/// <summary>A port of all endpoints of a slice.</summary>
internal sealed record SlicePort
{
    public string? Name { get; init; }

    public int? Port { get; init; }

    public string? Protocol { get; init; }
}

/// <summary>Another object.</summary>
internal sealed record ObjectReference
{
    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public string? Uid { get; init; }
}

/// <summary>An Event of the core API.</summary>
internal sealed record EventObject : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public ObjectReference InvolvedObject { get; init; } = new();

    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; init; }

    public int? Count { get; init; }

    public DateTimeOffset? FirstTimestamp { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }

    /// <summary>Instead of the two above, in events of the newer form.</summary>
    public DateTimeOffset? EventTime { get; init; }
}
