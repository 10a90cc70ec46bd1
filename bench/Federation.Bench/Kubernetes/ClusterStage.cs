using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Federation.TestKit.Kubernetes.Double;
using Federation.TestKit.Kubernetes.Recordings;

namespace Federation.Bench.Kubernetes;

/// <summary>
/// The cluster that is observed: the API double without its controllers, for which it is too large, filled with nodes and pods like a real server's, and changed at a
/// rate. When a change was made stands in the changed pod itself, as the time at which its container began to run.
/// </summary>
internal sealed class ClusterStage
{
    private const int BetweenCompactions = 2_000;

    // A node and a running pod as a real API server told them, with all that nobody reads of them.
    private readonly JsonObject _node = BodyOf("07-nodes/002-get"), _pod = BodyOf("06-unhappy-pods/249-readiness-flapping-final");
    private readonly KubernetesDouble _cluster;
    private readonly List<(JsonObject Pod, bool IsOurs)> _pods = [];
    private readonly int _nodes;
    private int _made;

    private ClusterStage(KubernetesDouble cluster, int nodes)
    {
        (_cluster, _nodes) = (cluster, nodes);
        for (int number = 0; number < nodes; number++)
        {
            var node = (JsonObject)_node.DeepClone();
            node["metadata"]!["name"] = NodeName(number);
            node["metadata"]!.AsObject().Remove("uid");
            node["metadata"]!["labels"]!["kubernetes.io/hostname"] = NodeName(number);
            cluster.Place("", "nodes", node);
        }
    }

    /// <summary>Prints its address; then does what it is told line by line, and answers each with a line.</summary>
    public static async Task<int> ServeAsync(string nodes)
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System);
        cluster.IsStill = true;
        var stage = new ClusterStage(cluster, int.Parse(nodes, CultureInfo.InvariantCulture));
        Console.WriteLine(cluster.Address);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            string[] words = line.Split(' ');
            int[] numbers = [.. words.Skip(1).Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
            Console.WriteLine(words[0] switch
            {
                "deployments" => $"{cluster.List("apps", "deployments").Count}",
                "fill" => stage.Fill(numbers[0], numbers[1]),
                "change" => await stage.ChangeAsync(numbers[0], numbers[1]),
                _ => throw new InvalidOperationException($"a stage does not know '{words[0]}'"),
            });
        }
        return 0;
    }

    // So many pods for each Deployment that is there, and so many of others; how many are ours.
    private string Fill(int each, int others)
    {
        foreach (JsonObject deployment in _cluster.List("apps", "deployments"))
        {
            string name = (string)deployment["metadata"]!["name"]!, space = (string)deployment["metadata"]!["namespace"]!;
            for (int number = 0; number < each; number++) _pods.Add((_cluster.Place("", "pods", PodOf(deployment["spec"]!["template"]!, space, name)), true));
            deployment["status"] = new JsonObject
            {
                ["observedGeneration"] = deployment["metadata"]!["generation"]!.DeepClone(),
                ["replicas"] = each,
                ["updatedReplicas"] = each,
                ["readyReplicas"] = each,
                ["availableReplicas"] = each,
            };
            _cluster.Place("apps", "deployments", deployment);
        }
        var template = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "theirs" } }, ["spec"] = new JsonObject { ["containers"] = _pod["spec"]!["containers"]!.DeepClone() } };
        for (int number = 0; number < others; number++) _pods.Add((_cluster.Place("", "pods", PodOf(template, "default", "theirs")), false));
        _cluster.Compact();
        return $"{_pods.Count(static one => one.IsOurs)}";
    }

    // Of ten changes seven are containers that began anew; then one pod is told to end, is gone, and has a successor.
    private async Task<string> ChangeAsync(int aSecond, int seconds)
    {
        int[] order = [.. Enumerable.Range(0, _pods.Count)];
        new Random(1).Shuffle(order);
        long began = Stopwatch.GetTimestamp();
        int made = 0, visible = 0, at = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (made < aSecond * seconds)
        {
            for (int due = Math.Min(aSecond * seconds, (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * aSecond)); made < due; made++)
            {
                (JsonObject pod, bool isOurs) = _pods[order[at % order.Length]];
                switch (made % 10)
                {
                    case 7:
                        pod["metadata"]!["deletionTimestamp"] = Now();
                        _cluster.Place("", "pods", pod);
                        continue;
                    case 8:
                        _cluster.Remove("", "pods", (string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!);
                        continue;
                    case 9:
                        _pods[order[at % order.Length]] = (_cluster.Place("", "pods", Successor(pod)), isOurs);
                        break;
                    default:
                        BeginAnew(pod);
                        _cluster.Place("", "pods", pod);
                        break;
                }
                at++;
                if (isOurs) visible++;
                if (made % BetweenCompactions == 0) _cluster.Compact();
            }
            await timer.WaitForNextTickAsync();
        }
        return string.Create(CultureInfo.InvariantCulture, $"{made / Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} {visible}");
    }

    private JsonObject PodOf(JsonNode template, string space, string owner)
    {
        int number = ++_made;
        var pod = (JsonObject)_pod.DeepClone();
        pod["metadata"] = new JsonObject
        {
            ["name"] = string.Create(CultureInfo.InvariantCulture, $"{owner}-7d9c5b6f4d-{number:x5}"),
            ["generateName"] = $"{owner}-7d9c5b6f4d-",
            ["namespace"] = space,
            ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
            ["annotations"] = template["metadata"]!["annotations"]?.DeepClone(),
            ["managedFields"] = _pod["metadata"]!["managedFields"]!.DeepClone(),
        };
        pod["metadata"]!["labels"]!["pod-template-hash"] = "7d9c5b6f4d";
        foreach ((string name, JsonNode? value) in template["spec"]!.AsObject()) pod["spec"]![name] = value?.DeepClone();
        pod["spec"]!["nodeName"] = NodeName(number % _nodes);
        pod["status"]!["podIP"] = string.Create(CultureInfo.InvariantCulture, $"10.{130 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}");
        JsonNode container = pod["status"]!["containerStatuses"]![0]!;
        container["name"] = (string)pod["spec"]!["containers"]![0]!["name"]!;
        container["containerID"] = $"containerd://{Guid.NewGuid():N}{Guid.NewGuid():N}";
        container["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Now() } };
        return pod;
    }

    private JsonObject Successor(JsonObject pod)
    {
        string prefix = (string)pod["metadata"]!["generateName"]!;
        return PodOf(pod, (string)pod["metadata"]!["namespace"]!, prefix[..prefix.LastIndexOf('-', prefix.Length - 2)]);
    }

    private static void BeginAnew(JsonObject pod)
    {
        JsonNode container = pod["status"]!["containerStatuses"]![0]!;
        string began = (string)container["state"]!["running"]!["startedAt"]!, now = Now();
        container["restartCount"] = (int)container["restartCount"]! + 1;
        container["lastState"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 1, ["reason"] = "Error", ["startedAt"] = began, ["finishedAt"] = now, ["containerID"] = (string)container["containerID"]! } };
        container["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = now } };
    }

    private static string Now() => DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);

    private static string NodeName(int number) => string.Create(CultureInfo.InvariantCulture, $"node-{number:D4}");

    private static JsonObject BodyOf(string recording) => (JsonObject)KubernetesRecordings.Of(recording).Response!["body"]!;
}
