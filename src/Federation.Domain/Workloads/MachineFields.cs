using System.Runtime.CompilerServices;
using System.Text.Json;
using Federation.Domain.Observation;

namespace Federation.Domain.Workloads;

/// <summary>
/// Which fields of Kubernetes objects reach the machine, so that a workload that carries one (<see cref="KubernetesFields"/>) needs <see cref="Capability.KubernetesRights"/>. The rules are those
/// of the policy "baseline" of the Kubernetes Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/), but for host ports, which are
/// <see cref="Capability.PublishedPorts"/>; and beyond it volumes that the machine itself mounts from elsewhere, and runtimes, as with engines. A field counts by its name wherever it stands:
/// in a container beside the main one, in one that runs before it, or in a part that Kubernetes gains later.
/// </summary>
public static class MachineFields
{
    // Volumes that are the cluster's own, or a claim's.
    private static readonly string[] PlainVolumes = ["name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

    private static readonly string[] Profiles = ["RuntimeDefault", "Localhost"];
    private static readonly string[] ContainerTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    // As pods said it before securityContext.appArmorProfile and seccompProfile: the name of a container, or nothing, is behind the slash.
    private static readonly string[] ProfileNotes = ["container.apparmor.security.beta.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/", "seccomp.security.alpha.kubernetes.io/"];

    // Names of a user's own are below these.
    private static readonly string[] Maps = ["labels", "matchLabels", "nodeSelector"];

    // A template is asked this by every plan, and never changes.
    private static readonly ConditionalWeakTable<KubernetesFields, object> Known = [];

    /// <summary>Each field, and when it reaches the machine.</summary>
    public static IReadOnlyList<(string Field, string When)> All { get; } =
    [
        ("hostNetwork, hostPID, hostIPC", "they are true"),
        ("volumes[].hostPath", "always"),
        ("volumes[].*", "the volume is none of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected and secret"),
        ("securityContext.privileged", "it is true"),
        ("securityContext.capabilities.add[]", "a name is none of the usual ones, such as NET_BIND_SERVICE"),
        ("securityContext.procMount", "it is not Default"),
        ("securityContext.seccompProfile.type, appArmorProfile.type", "it is neither RuntimeDefault nor Localhost; so do the annotations that said it before"),
        ("securityContext.seLinuxOptions", "it has a user or a role, or a type other than those of containers"),
        ("securityContext.windowsOptions.hostProcess", "it is true"),
        ("httpGet.host, tcpSocket.host", "a probe or a hook has it: the machine itself calls there"),
        ("runtimeClassName", "always"),
    ];

    /// <summary>Whether anything that a template carries to Kubernetes reaches the machine.</summary>
    public static bool AreAskedBy(WorkloadTemplate template) =>
        LoosenProfiles(template.Annotations) || LoosenProfiles(template.Container?.Labels) || (template.Container?.Kubernetes is { } fields && (bool)Known.GetValue(fields, static carried => Reach(carried.Needed) || Reach(carried.Extra)));

    private static bool LoosenProfiles(IReadOnlyDictionary<string, string>? notes) => notes is { Count: > 0 } && notes.Any(static note => LoosensProfile(note.Key, note.Value));

    private static bool Reach(IReadOnlyDictionary<string, string>? carried) => carried is not null && carried.Any(static field => Reaches(field.Key, field.Value));

    // The value as it will lie in the object, so that a path and a value say the same wherever the one ends and the other begins.
    private static bool Reaches(string path, string value)
    {
        string[] steps = path.Split('.');
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            string step = steps[i];
            int bracket = step.IndexOf('[', StringComparison.Ordinal);
            string name = JsonEncodedText.Encode(bracket < 0 ? step : step[..bracket]).Value;
            value = bracket < 0 ? $"{{\"{name}\":{value}}}" : $"{{\"{name}\":[{value}]}}";
        }
        try
        {
            using var whole = JsonDocument.Parse(value);
            return Reaches(whole.RootElement);
        }
        catch (JsonException)
        {
            // It is laid into nothing: the cluster's agent refuses it.
            return false;
        }
    }

    private static bool Reaches(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(Reaches),
        JsonValueKind.Object => element.EnumerateObject().Any(static member => Is(member, "annotations") ? Each(member.Value).Any(static note => LoosensProfile(note.Name, note.Value.ToString())) : !IsOneOf(member.Name, Maps) && (IsRight(member) || Reaches(member.Value))),
        _ => false,
    };

    private static bool IsRight(JsonProperty member) => member.Name.ToUpperInvariant() switch
    {
        "HOSTNETWORK" or "HOSTPID" or "HOSTIPC" or "PRIVILEGED" or "HOSTPROCESS" => member.Value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null),
        "HOSTPATH" => member.Value.ValueKind != JsonValueKind.Null,
        "RUNTIMECLASSNAME" => Text(member.Value).Length > 0,
        "PROCMOUNT" => Text(member.Value) is not ("" or "Default"),
        "VOLUMES" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().Any(static volume => Each(volume).Any(static source => source.Value.ValueKind != JsonValueKind.Null && !IsOneOf(source.Name, PlainVolumes))),
        "CAPABILITIES" => Each(member.Value).Any(static list => Is(list, "add") && list.Value.ValueKind == JsonValueKind.Array && !list.Value.EnumerateArray().All(static name => LinuxCapabilities.IsUsual(Text(name)))),
        "SECCOMPPROFILE" or "APPARMORPROFILE" => Each(member.Value).Any(static part => Is(part, "type") && !Profiles.Contains(Text(part.Value), StringComparer.Ordinal)),
        "SELINUXOPTIONS" => Each(member.Value).Any(static part => (Is(part, "user") || Is(part, "role")) ? Text(part.Value).Length > 0 : Is(part, "type") && !ContainerTypes.Contains(Text(part.Value), StringComparer.Ordinal)),
        "HTTPGET" or "TCPSOCKET" => Each(member.Value).Any(static part => Is(part, "host") && Text(part.Value).Length > 0),
        _ => false,
    };

    private static bool LoosensProfile(string name, string value) =>
        ProfileNotes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && value is not ("runtime/default" or "docker/default") && !value.StartsWith("localhost/", StringComparison.Ordinal);

    private static IEnumerable<JsonProperty> Each(JsonElement element) => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.Null ? "" : element.ToString();

    private static bool Is(JsonProperty member, string name) => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase);

    private static bool IsOneOf(string name, string[] names) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
