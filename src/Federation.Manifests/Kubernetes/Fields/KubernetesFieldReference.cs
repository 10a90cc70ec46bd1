using System.Globalization;
using System.Text;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>The reference page of the fields of Kubernetes manifests, <c>docs/reference/kubernetes.md</c>.</summary>
public static class KubernetesFieldReference
{
    // Where the parts that several kinds share begin.
    private static readonly (string Section, string Title)[] Shared =
    [
        ("Named", "Every kind: what an object is, and what a server has written"),
        ("PodMetadata", "Metadata of a pod's template"),
        ("Pod", "A pod"),
        ("Container", "A container: `containers[]` of a pod"),
        ("JobSpec", "A job: `spec` of a Job, `spec.jobTemplate.spec` of a CronJob"),
        ("Claim", "A claim: `spec` of a PersistentVolumeClaim, `spec.volumeClaimTemplates[].spec` of a StatefulSet"),
    ];

    /// <summary>The page as Markdown.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append("""
            # Kubernetes manifests

            Generated from the reader's own table; to make it again, run
            `FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Manifests.Tests`.

            What becomes of every field of the kinds that `fedctl apply -f` reads. All manifests of one command are read together: a Service finds its workloads, and a pod its
            ConfigMaps, in any of the files. A field that is not here is refused with its line, its column and the nearest known field; so is a kind that is not here.

            - **mapped**: it stands in the named field of a [resource](resources.md), and every kind of cluster is told of it. What one of them may not be able to do is a
              capability, as with any workload.
            - **kept**: it stands in `spec.template.container.kubernetes.needed`. The workload then runs on Kubernetes clusters alone, and `fedctl explain` says so. The reason is
              what other clusters would do instead; leave the field out to run everywhere.
            - **carried**: it stands in `spec.template.container.kubernetes.extra`. Kubernetes clusters are told of it, others do without. Where that makes a difference it is told
              with its place when the file is read.
            - **read**: the reader itself obeys it, or a server has written it.
            - **warned of**: it changes nothing, and is told with its place and the reason.
            - **refused**: nothing is applied.

            A field that [reaches the machine](#rights-on-the-machine) keeps its workload on clusters whose owner grants rights on it.

            A value that a cluster assumes anyway (`dnsPolicy: ClusterFirst`, `procMount: Default`) is neither kept nor carried.

            | annotation | on | meaning |
            |---|---|---|
            | `federation/host` | Service, Ingress | the host in place of `NAME.NAMESPACE.localhost`; a ClusterIP Service that has it gets a Route, too |
            | `federation/placement-policy` | whatever runs pods | the PlacementPolicy that it follows |

            ## Kinds and versions

            | kind | read in version | becomes |
            |---|---|---|

            """);
        foreach (Reading.KindVersions kind in Reading.KindVersions.All)
        {
            string former = kind.Former.Count > 0 ? $"; {string.Join(", ", kind.Former.Select(static version => $"`{version}`"))} with a warning" : "";
            page.Append(CultureInfo.InvariantCulture, $"| {kind.Kind} | {string.Join(", ", kind.Alike.Prepend(kind.Current).Select(static version => $"`{version}`"))}{former} | {Becomes(kind.Kind)} |\n");
        }
        page.Append("\n`List`, and the list of any of these kinds, is read as its items.\n");
        foreach ((string section, string title) in Shared)
        {
            // Each kind that has the section has all of it: one of them is shown, from where the section begins.
            string kind = section == "JobSpec" ? "Job" : section == "Claim" ? "PersistentVolumeClaim" : "Deployment";
            string prefix = section switch { "PodMetadata" => "spec.template.metadata.", "Pod" => "spec.template.spec.", "Container" => "spec.template.spec.containers[].", "JobSpec" or "Claim" => "spec.", _ => "" };
            Append(page, title, KubernetesFieldTable.All.Where(field => field.Kind == kind && field.Section == section), prefix);
        }
        foreach (string kind in KubernetesFieldTable.Kinds)
        {
            string[] shared = [.. Shared.Select(static part => part.Section)];
            Append(page, kind, KubernetesFieldTable.All.Where(field => field.Kind == kind && !shared.Contains(field.Section)), "");
        }
        AppendRights(page);
        return page.ToString();
    }

    private static void AppendRights(StringBuilder page)
    {
        page.Append(CultureInfo.InvariantCulture, $"""

            ## Rights on the machine

            What reaches the machine, an agent offers only where the machine's owner [grants rights on it](../guides/kubernetes.md#rights-on-the-machines). What is *mapped* is then a need
            of the template: `{Capability.Binds}` for `hostPath`, `{Capability.Privileged}`, `{Capability.Namespaces}` for `hostNetwork`, `hostPID` and `hostIPC`, `{Capability.LinuxCapabilities}`
            for capabilities beyond {string.Join(", ", LinuxCapabilities.Usual.Select(static name => $"`{name}`"))}. What is *kept* or *carried* is the need `{Capability.KubernetesRights}`, in
            whatever container it stands:

            | field | reaches the machine where |
            |---|---|

            """);
        foreach ((string field, string when) in MachineFields.All) page.Append(CultureInfo.InvariantCulture, $"| {string.Join(", ", field.Split(", ").Select(static name => $"`{name}`"))} | {when} |\n");
    }

    private static string Becomes(string kind) => kind switch
    {
        "Deployment" or "StatefulSet" or "Pod" => "a Workload",
        "DaemonSet" => "a Workload with one replica on each machine",
        "Job" => "a Workload that runs to its end",
        "CronJob" => "a Workload that begins by the clock, on Kubernetes clusters alone",
        "Service" => "ports of the workloads that it selects; a Route, where it is reached from outside",
        "Ingress" => "a Route for each host and path",
        "ConfigMap" => "a Config",
        "Secret" => "a Secret",
        "PersistentVolumeClaim" => "a Volume",
        "Namespace" => "a Namespace",
        "ServiceAccount" => "nothing: what runs under it has no rights at a cluster's API",
        "HorizontalPodAutoscaler" => "replicas of its workload, where that has none",
        "NetworkPolicy" => "a part of the workloads that it selects, which are kept on Kubernetes clusters",
        _ => "`spec.disruption` of the workloads that it selects, of which each Kubernetes cluster gets its part as one of the plane's own",
    };

    private static void Append(StringBuilder page, string title, IEnumerable<KubernetesField> fields, string prefix)
    {
        KubernetesField[] told = [.. fields.Where(static field => !field.OfAbove)];
        if (told.Length == 0) return;
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| field | becomes |\n|---|---|\n");
        foreach (KubernetesField field in told)
        {
            string becomes = field.Fate switch
            {
                FieldFate.Mapped => field.Detail.Contains(' ', StringComparison.Ordinal) ? field.Detail : $"`{field.Detail}`",
                FieldFate.Kept => $"**kept**: {field.Detail}",
                FieldFate.Carried => field.Detail.Length > 0 ? $"carried: {field.Detail}" : "carried",
                FieldFate.Warned => $"warned of: {field.Detail}",
                FieldFate.Refused => $"**refused**: {field.Detail}",
                _ => $"read: {field.Detail}",
            };
            page.Append(CultureInfo.InvariantCulture, $"| `{field.Path[prefix.Length..]}{(field.WithAllBelow ? ".**" : "")}` | {becomes} |\n");
        }
    }
}
