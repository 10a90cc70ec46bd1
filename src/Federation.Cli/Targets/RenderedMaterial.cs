using System.Text;
using Federation.Adapters;
using Federation.Adapters.Rendering;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;

namespace Federation.Cli.Targets;

/// <summary>
/// The configs and secrets of one workload as adapters want them: sealed boxes, with an opener. The boxes are empty. What opens is a config's content, and of a secret its
/// keys alone: a secret's value never comes near what is printed.
/// </summary>
internal sealed class RenderedMaterial : IMaterialOpener
{
    private readonly Dictionary<(string Kind, string Name), IReadOnlyDictionary<string, byte[]>> _files = [];

    public RenderedMaterial(RenderInput input, Workload workload, List<RenderNote> notes)
    {
        string room = workload.Metadata.Namespace ?? "default";
        var files = new List<SealedFiles>();
        Template = workload.Spec.Template with { Configs = Resolve("Config", "configs", workload.Spec.Template.Configs), Secrets = Resolve("Secret", "secrets", ImagePulls.MaterialOf(workload.Spec.Template)) };
        Files = files;

        List<FileReference>? Resolve(string kind, string section, IReadOnlyList<FileReference>? references)
        {
            if (references is null) return null;
            var resolved = new List<FileReference>();
            for (int i = 0; i < references.Count; i++)
            {
                FileReference reference = references[i];
                Resource? found = input.Material(kind, room, reference.Name);
                int version = reference.Version ?? (found switch { Config config => config.Status?.Version, Secret secret => secret.Status?.Version, _ => null }) ?? 1;
                resolved.Add(reference with { Version = version });
                if (!_files.TryGetValue((kind, reference.Name), out IReadOnlyDictionary<string, byte[]>? content)) _files[(kind, reference.Name)] = content = Content(found, reference);
                if (found is null)
                    notes.Add(new(workload, ImagePulls.IsForImage(workload.Spec.Template, reference) ? "spec.template.imagePullSecrets" : FormattableString.Invariant($"spec.template.{section}[{i}]"), $"the {kind} {reference.Name} is not part of the input: {string.Join(", ", content.Keys)} stands for its keys"));
                else if (found is Config { Spec: { Data: null, BinaryData: null } })
                    notes.Add(new(workload, FormattableString.Invariant($"spec.template.{section}[{i}]"), $"the plane does not tell what the Config {reference.Name} holds"));
                if (!files.Exists(one => one.Kind == kind && one.Name == reference.Name && one.Version == version)) files.Add(new SealedFiles(kind, reference.Name, version, ReadOnlyMemory<byte>.Empty));
            }
            return resolved;
        }
    }

    /// <summary>The template with the version of each that is meant.</summary>
    public WorkloadTemplate Template { get; }

    /// <summary>The boxes.</summary>
    public IReadOnlyList<SealedFiles> Files { get; }

    // Who opens a box clears what it held: each gets its own.
    public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => _files[(files.Kind, files.Name)].ToDictionary(static file => file.Key, static file => (byte[])file.Value.Clone(), StringComparer.Ordinal);

    private static Dictionary<string, byte[]> Content(Resource? found, FileReference reference)
    {
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        (MaterialSpec? spec, MaterialStatus? status) = found switch
        {
            Config config => (config.Spec, config.Status),
            Secret secret => (secret.Spec, secret.Status),
            _ => (null, null),
        };
        bool hidden = found is not Config;
        foreach ((string key, string text) in spec?.Data ?? new Dictionary<string, string>()) content[key] = hidden ? Masked() : Encoding.UTF8.GetBytes(text);
        foreach ((string key, string text) in spec?.BinaryData ?? new Dictionary<string, string>()) content[key] = hidden ? Masked() : Convert.FromBase64String(text);
        foreach (string key in status?.Keys ?? []) content.TryAdd(key, Masked());
        if (found is not null) return content;
        // As many as the template itself names.
        foreach (FileTarget file in reference.Files ?? []) content.TryAdd(file.Key ?? reference.Name, Masked());
        if (content.Count == 0) content[reference.Name] = Masked();
        return content;
    }

    private static byte[] Masked() => Encoding.UTF8.GetBytes(OrderRendering.Mask);
}
