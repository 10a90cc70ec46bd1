using Federation.Engine.Volumes;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    /// <summary>Makes a volume, or gives the one that is there with its own labels.</summary>
    public Task<VolumeDetails> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancellationToken) =>
        PostAsync("volumes/create", spec, EngineJson.Default.VolumeSpec, EngineJson.Default.VolumeDetails, cancellationToken);

    /// <summary>Describes a volume.</summary>
    public Task<VolumeDetails> InspectVolumeAsync(string volume, CancellationToken cancellationToken) =>
        GetAsync($"volumes/{Escape(volume)}", EngineJson.Default.VolumeDetails, cancellationToken);

    /// <summary>Removes a volume with its data; refused while a container has it.</summary>
    public Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"volumes/{Escape(volume)}", cancellationToken);
}
