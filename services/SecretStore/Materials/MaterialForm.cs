using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;

namespace Federation.SecretStore.Materials;

/// <summary>What Secret and Config have alike, and whether the content may be read back.</summary>
/// <param name="Readable">Whether answers carry the content.</param>
/// <param name="SpecOf">The spec.</param>
/// <param name="StatusOf">The status.</param>
/// <param name="With">The resource with another spec and status.</param>
internal sealed record MaterialForm<T>(bool Readable, Func<T, MaterialSpec> SpecOf, Func<T, MaterialStatus?> StatusOf, Func<T, MaterialSpec, MaterialStatus?, T> With) where T : Resource;

/// <summary>The two kinds.</summary>
internal static class MaterialForms
{
    public static MaterialForm<Secret> Secret { get; } = new(
        false, static secret => secret.Spec, static secret => secret.Status, static (secret, spec, status) => secret with { Spec = spec, Status = status });

    public static MaterialForm<Config> Config { get; } = new(
        true, static config => config.Spec, static config => config.Status, static (config, spec, status) => config with { Spec = spec, Status = status });
}
