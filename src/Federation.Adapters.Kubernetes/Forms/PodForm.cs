using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Domain.Json;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>What must be known of a pod to reach and end it, also when its template is no longer ordered: kept in an annotation of the pod.</summary>
internal sealed record PodForm
{
    // Above those that need rights, and below the kernel's own for outgoing connections. Each pod has an address of its own, so that all may listen on the same.
    private const int FirstAssigned = 20_000;

    /// <summary>Its ports.</summary>
    public IReadOnlyList<PodPort> Ports { get; init; } = [];

    /// <summary>Whether they are for others in its networks alone, so that the plane is not led there; null if they are not.</summary>
    public bool? Closed { get; init; }

    /// <summary>Its ports, as far as the plane reaches them.</summary>
    [JsonIgnore]
    public IReadOnlyList<PodPort> Reached => Closed == true ? [] : Ports;

    /// <summary>Seconds between the removal from traffic and the stop.</summary>
    public int DrainSeconds { get; init; }

    /// <summary>The form of a template.</summary>
    public static PodForm Of(WorkloadTemplate template) => new()
    {
        Ports = [.. (template.Ports ?? []).Select((port, index) => new PodPort(port.Name, port.ContainerPort ?? FirstAssigned + index, port.Protocol))],
        Closed = TemplateNetworks.AreClosed(template) ? true : null,
        DrainSeconds = template.DrainSeconds,
    };

    /// <summary>As the annotation's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, DomainJson.Options);

    /// <summary>Reads the annotation; an empty form if it cannot be read: the pod is then reached by nobody, and ends without a drain.</summary>
    public static PodForm Read(string? text)
    {
        if (text is null) return new PodForm();
        try
        {
            return JsonSerializer.Deserialize<PodForm>(text, DomainJson.Options) ?? new PodForm();
        }
        catch (JsonException)
        {
            return new PodForm();
        }
    }
}

/// <summary>A port of a pod.</summary>
/// <param name="Name">The template's name for it.</param>
/// <param name="Number">Its number in the pod.</param>
/// <param name="Protocol">What is spoken there.</param>
internal sealed record PodPort(string Name, int Number, PortProtocol Protocol);
