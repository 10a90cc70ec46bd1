using System.CommandLine;

namespace Federation.Cli.Session;

/// <summary>What users of a swarm type and fedctl does not know, with what is meant here; and what it takes because it changes nothing.</summary>
internal static class SwarmWords
{
    private const string InTheFile = "it is a field of the stack's file, or of the workload: fedctl edit workload NAME; fields: fedctl explain workload.spec.template";
    private const string Joins = "a machine or a swarm joins by its agent: fedctl node join-token --cluster NAME, fedctl node install; a swarm itself is made by docker";
    private const string Networks = "a network is made with the first service that names it, and removed with the last: write it under networks in the stack's file, or service create --network NAME";
    private const string Roles = "which machines are managers is the swarm's own: docker node says it there";

    private const string Ports = "ports are fields of the stack's file, or of the workload (spec.template.ports, by fedctl edit workload NAME); the way in from outside is a Route: fedctl explain route.spec";

    private static readonly Dictionary<string, string> Meant = new(StringComparer.Ordinal)
    {
        ["fedctl network"] = Networks,
        ["fedctl swarm"] = Joins,
        ["fedctl volume"] = "volumes are resources: fedctl get volumes, fedctl delete volume NAME",
        ["fedctl ps"] = "replicas: fedctl service ps NAME, or fedctl get replicas NAME",
        ["fedctl inspect"] = "of what kind? fedctl service inspect NAME, fedctl node inspect CLUSTER/NODE, fedctl secret inspect NAME",
        ["fedctl run"] = "fedctl service create --name NAME IMAGE",
        ["fedctl info"] = "fedctl get clusters, fedctl version",
        ["fedctl images"] = "images are the machines' own: nothing is built or kept here",
        ["fedctl build"] = "images are built and pushed by docker; here they are run",
        ["fedctl compose"] = "fedctl stack deploy -c FILE NAME",
        ["fedctl node promote"] = Roles,
        ["fedctl node demote"] = Roles,
        ["fedctl node update --role"] = Roles,
        ["fedctl node rm"] = "a node is its agent's: end the agent, then fedctl confirm-lost, or fedctl delete cluster NAME for a whole one",
        ["fedctl node ps"] = "fedctl get replicas, whose lines name the node",
        ["fedctl node update --label-add"] = "labels that workloads are placed by are the cluster's: metadata.labels, by fedctl edit cluster NAME; those of a swarm's machines are given there, by docker node update",
        ["fedctl node update --label-rm"] = "labels that workloads are placed by are the cluster's: metadata.labels, by fedctl edit cluster NAME; those of a swarm's machines are given there, by docker node update",
        ["fedctl stack deploy --orchestrator"] = "the plane chooses clusters of every kind; what a stack may run on is said by its placement",
        ["fedctl secret create --label"] = "labels are given in a file: metadata.labels of a Secret, by fedctl apply -f",
        ["fedctl secret create -l"] = "labels are given in a file: metadata.labels of a Secret, by fedctl apply -f",
        ["fedctl config create --label"] = "labels are given in a file: metadata.labels of a Config, by fedctl apply -f",
        ["fedctl config create -l"] = "labels are given in a file: metadata.labels of a Config, by fedctl apply -f",
        ["fedctl secret create --driver"] = "secrets are kept by the plane itself: no driver is asked for them",
        ["fedctl secret create -d"] = "secrets are kept by the plane itself: no driver is asked for them",
        ["fedctl secret create --template-driver"] = "a value is given to the program as it is: templates are not filled in",
        ["fedctl config create --template-driver"] = "a value is given to the program as it is: templates are not filled in",
        ["fedctl service create --generic-resource"] = "generic resources are not on any kind of cluster yet",
        ["fedctl service create --credential-spec"] = "it is for Windows, on which nothing runs here",
        ["fedctl service create --isolation"] = "it is for Windows, on which nothing runs here",
        ["fedctl service create --max-concurrent"] = "all replicas of a job run at once; see: fedctl explain workload.spec",
        ["fedctl service update --publish-add"] = Ports,
        ["fedctl service update --publish-rm"] = Ports,
        ["fedctl service logs --details"] = "what a log driver adds to a line is not kept; fedctl logs --json has all that is known of it",
    };

    private static string? General(string path, string word) => (path, word) switch
    {
        ("fedctl service update", ['-', ..]) => InTheFile,
        ("fedctl service inspect", "--pretty") => "fedctl describe workload NAME",
        ("fedctl node inspect", "--pretty") => "fedctl describe cluster NAME",
        ("fedctl secret inspect" or "fedctl config inspect", "--pretty") => $"fedctl describe {path.Split(' ')[1]} NAME",
        ([.., 'i', 'n', 's', 'p', 'e', 'c', 't'], "--format" or "-f") => "fields have other names here: fedctl get KIND NAME -o jsonpath='{.spec...}', or -o yaml to see them",
        ("fedctl secret list" or "fedctl config list", "-q" or "--quiet") => "names alone: -o name",
        ("fedctl secret list" or "fedctl config list", "--format" or "--filter" or "-f") => "-o name, -o json, -o jsonpath=TEMPLATE or -o custom-columns=TITLE:PATH",
        _ => null,
    };

    /// <summary>What a word is meant to be here; null where nothing is known of it.</summary>
    /// <param name="path">The command, such as <c>fedctl service update</c>.</param>
    /// <param name="word">A command below it, or an option of it.</param>
    public static string? Advice(string path, string word) =>
        Meant.GetValueOrDefault($"{path} {word}") ?? General(path, word);

    /// <summary>Options that docker's command has and that are true of ours without being said.</summary>
    /// <param name="path">The command.</param>
    public static IEnumerable<Option> Needless(string path)
    {
        if (path is "fedctl service create" or "fedctl service update" or "fedctl stack deploy")
            yield return new Option<bool>("--with-registry-auth") { Description = "Is not needed: agents log in to registries themselves, or by the workload's imagePullSecrets" };
        if (path is "fedctl service create" or "fedctl service update")
            yield return new Option<bool>("--no-resolve-image") { Description = "Is not needed: no tag is replaced by a digest" };
        if (path is "fedctl stack deploy")
            yield return new Option<string?>("--resolve-image") { Description = "Is not needed: no tag is replaced by a digest", HelpName = "WHEN" };
        yield return new Option<bool>("--quiet", "-q") { Description = "Is taken, and changes nothing: progress stands on standard error" };
    }
}
