using System.Text.Json;
using Federation.Domain.Json;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>What must be known of a task to reach, ask and end it, also when its template is no longer ordered: kept in a label of its container.</summary>
internal sealed record ReplicaForm
{
    /// <summary>The label.</summary>
    public const string Label = "federation.form";

    /// <summary>Its ports.</summary>
    public IReadOnlyList<FormPort> Ports { get; init; } = [];

    /// <summary>How it is asked.</summary>
    public HealthCheck? Check { get; init; }

    /// <summary>Seconds between the removal from traffic and the stop.</summary>
    public int DrainSeconds { get; init; }

    /// <summary>Its memory limit.</summary>
    public MemoryBytes? MemoryLimit { get; init; }

    /// <summary>The form of a template.</summary>
    public static ReplicaForm Of(WorkloadTemplate template) => new()
    {
        // A task that nobody outside its networks reaches is as well as the swarm says.
        Ports = TemplateNetworks.AreClosed(template) ? []
            : [.. (template.Ports ?? []).Select((port, index) => new FormPort(port.Name, ServicePorts.Inside(template, index), port.Protocol)).Where(static port => port.Protocol.Connects())],
        Check = TemplateNetworks.AreClosed(template) ? null : template.HealthCheck,
        DrainSeconds = template.DrainSeconds,
        MemoryLimit = template.Resources?.MemoryLimit,
    };

    /// <summary>As the label's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, DomainJson.Options);

    /// <summary>Reads the label; an empty form if it cannot be read: the task is then reached by nobody, and ends without a drain.</summary>
    public static ReplicaForm Read(IReadOnlyDictionary<string, string>? labels)
    {
        if (labels?.GetValueOrDefault(Label) is not { } text) return new ReplicaForm();
        try
        {
            return JsonSerializer.Deserialize<ReplicaForm>(text, DomainJson.Options) ?? new ReplicaForm();
        }
        catch (JsonException)
        {
            return new ReplicaForm();
        }
    }
}
