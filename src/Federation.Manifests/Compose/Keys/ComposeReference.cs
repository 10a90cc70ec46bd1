using System.Globalization;
using System.Text;

namespace Federation.Manifests.Compose.Keys;

/// <summary>The reference page of Compose keys, <c>docs/reference/compose.md</c>.</summary>
public static class ComposeReference
{
    /// <summary>The page as Markdown.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append("""
            # Compose and stack files

            Generated from the reader's own table; to make it again, run
            `FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Manifests.Tests`.

            What becomes of every key of the [Compose specification](https://github.com/compose-spec/compose-spec), as `fedctl apply -f` and `fedctl stack deploy -c` read
            it. A key that is not here is refused with its line, its column and the nearest known key.

            - **mapped**: it stands in the named field of a [resource](resources.md). What a kind of cluster does about it is in the last four columns: *yes*; *with* a
              capability, which the cluster's agent must offer (`fedctl get nodes -o yaml` lists them), or else the workload is kept off it and `fedctl explain` says so; *with
              the right*, where the capability reaches the machine itself, and is offered only where its owner [grants rights on it](../guides/docker-host.md#rights-on-the-machine); or
              *kept off*, where that kind of cluster never offers it. Where there are several, it depends on the value: `cap_add: [NET_BIND_SERVICE]` is no right, `cap_add: [ALL]` is one.
            - **read**: the reader itself obeys it.
            - **warned of**: it changes nothing, and is told with its place and the reason.
            - **refused**: the file is not applied.

            A native node without a container engine runs the `process` of a service's `x-federation`; what says how an image is run means nothing there.

            Networks without more than a name are one in each cluster; on an engine or a swarm those that say more (`internal`, `encrypted`, ranges, `external`) are networks of their own, and on a Kubernetes cluster whose own network keeps policies `internal` ones are policies. A version goes back by the same steps as it came, `update_config`'s.

            ## Several files

            `fedctl stack deploy -c FILE -c FILE` joins its files. `fedctl apply`, `diff`, `delete` and `render` join Compose files that `-f` names one by one where these lie in one folder and are one
            stack: with `--stack` or `COMPOSE_PROJECT_NAME`, by the same `name` in them, or because the later one is called after the first (`compose.prod.yaml` after `compose.yaml`). Other Compose files are stacks of their own:
            two files that both have a `db` need not mean the same one. In a folder, `compose.override.yaml` is joined with the `compose.yaml` beside it.

            | what | how it is joined |
            |---|---|
            | a plain value | the later one stands |
            | a mapping | key by key; so are `environment`, `labels`, `annotations`, `sysctls`, `extra_hosts`, `depends_on`, `networks` where one file has a list |
            | a list | one behind the other; what is there already once |
            | `ports` | by address, published port, port and protocol: a later one stands in place of the same |
            | `volumes`, `devices`, `tmpfs`, `secrets`, `configs` | by the path at which they are seen: a later one stands in place of the same |
            | `env_file`, `label_file`; `ipam.config` | by path; by `subnet`, whose keys are joined |
            | `command`, `entrypoint`, `healthcheck.test`, `arguments` | the later one stands |
            | `logging` | key by key; another driver without the options of the first |
            | `name` | the last one, where none is given with the command or by `COMPOSE_PROJECT_NAME` |
            | `x-federation`, `x-*` | as any mapping |
            | nothing (`key:`) | the earlier one stays |
            | `!reset` before a value | the key is taken away; of what is not there, nothing |
            | `!override` before a value | it stands in place of what is there |
            | a list and a mapping | refused, with both places |

            Variables are filled in, includes and extensions taken in, file by file before that. Paths in all of them begin in the folder of the first file. Errors name the file that the value stands in.
            Other than in Docker, one name in `extra_hosts` of two files has the later address alone.

            ## x-federation

            | where | key | meaning |
            |---|---|---|
            | top | `placement` | the stack's placement policy, a [PlacementPolicy](resources.md#placementpolicy)'s spec; every service follows it |
            | top | `domain` | the domain of the default hosts, `SERVICE.STACK.DOMAIN`; `localhost` if left out |
            | service | `process` | the program on native nodes without an engine: `command`, `arguments`, `workingDirectory`, `environment` |
            | service | `placement`, `placementPolicy` | its own policy, or the name of one |
            | service | `clusters` | by cluster: `atLeast` and `atMost` so many replicas |
            | service | `routes` | hosts and paths in place of the default: a list of `host`, `path`, `port` |
            | service | `ports` | by port inside the container: what it speaks, `http`, `http2` or `tcp` |
            | service | `imagePullSecrets`, `healthCheck`, `singleton`, `update`, `resources`, `failover`, `disruption`, `drainSeconds` | the fields of a [Workload](resources.md#workload) of that name |
            | volume | `shared`, `cluster`, `node` | the fields of a [Volume](resources.md#volume) of that name |


            """);
        foreach (IGrouping<string, ComposeKey> section in ComposeKeys.All.GroupBy(SectionOf))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {section.Key}\n\n| key | becomes | process node | engine node | swarm | kubernetes |\n|---|---|---|---|---|---|\n");
            foreach (ComposeKey key in section)
            {
                string becomes = key.Fate switch { KeyFate.Mapped when key.Detail.Contains(", ", StringComparison.Ordinal) => key.Detail, KeyFate.Mapped => $"`{key.Detail}`", KeyFate.Warned => $"warned of: {key.Detail}", KeyFate.Refused => $"**refused**: {key.Detail}", _ => $"read: {key.Detail}" };
                string cells = key.Fate == KeyFate.Mapped ? string.Join(" | ", Enum.GetValues<ClusterForm>().Select(form => ComposeKeys.In(key, form))) : "| | |";
                page.Append(CultureInfo.InvariantCulture, $"| `{key.Path}{(key.WithAllBelow ? ".**" : "")}` | {becomes} | {cells} |\n");
            }
            page.Append('\n');
        }
        return page.ToString();
    }

    private static string SectionOf(ComposeKey key)
    {
        string[] parts = key.Path.Split('.');
        return parts[0] is "services" ? parts.Length > 2 && parts[2] == "deploy" ? "services: deploy" : "services" : parts[0] is "networks" or "volumes" or "configs" or "secrets" or "models" ? parts[0] : "top";
    }
}
