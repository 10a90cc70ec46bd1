using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>
/// The machines' side: takes each pod through its phases as its containers play them, and keeps what lies ahead in time. The double's gate guards it.
/// </summary>
internal sealed class Kubelets(ObjectStore store, Func<JsonObject, JsonObject, ContainerPlay> play)
{
    private const string Pods = "/pods";

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string State, DateTimeOffset Since)> _progress = new(StringComparer.Ordinal);
    private int _addresses;

    /// <summary>Whether claims are bound.</summary>
    public bool Provisions { get; set; } = true;

    /// <summary>Back-off is multiplied by it, so that tests need not wait as life does.</summary>
    public double Pace { get; set; } = 1;

    public static bool IsReady(JsonObject pod) => pod.Condition("Ready").Text("status") == "True";

    /// <summary>The address of every pod; null for one of its own each, which leads nowhere.</summary>
    public string? Address { get; set; }

    /// <summary>What a container has printed; null if it never began.</summary>
    public IReadOnlyList<string>? Output(string uid, string container, bool previous) =>
        _runs.TryGetValue(uid, out Run? run) && run.Containers.TryGetValue(container, out ContainerRun? one) ? previous ? one.Before : one.Began is null && one.Before is null ? null : one.Output : null;

    /// <summary>Has a container print.</summary>
    public void Print(string uid, string container, string line) => _runs[uid].Containers[container].Output.Add(line);

    /// <summary>Ends a container as if by itself.</summary>
    public void Exit(string uid, string container, int code, string? reason) => _runs[uid].Containers[container].Kill = (code, reason);

    /// <summary>How far a rollout has come; what does not change grows late.</summary>
    public void Progress(JsonObject deployment, string state, bool done)
    {
        string key = deployment.Uid(), now = $"{deployment.Number("metadata.generation")} {state}";
        if (done || !_progress.TryGetValue(key, out (string State, DateTimeOffset Since) had) || had.State != now) _progress[key] = (done ? "" : now, store.Time);
    }

    public bool IsLate(JsonObject deployment) => _progress.TryGetValue(deployment.Uid(), out (string State, DateTimeOffset Since) had) && had.State.Length > 0
        && store.Time - had.Since > TimeSpan.FromSeconds(deployment.Number("spec.progressDeadlineSeconds") ?? 600);

    /// <summary>One step of every pod that has one to take now.</summary>
    public void Step()
    {
        foreach (JsonObject pod in store.List(Pods, null).ToArray())
        {
            if (pod.Text("spec.nodeName") is null) continue;
            if (!_runs.TryGetValue(pod.Uid(), out Run? run)) _runs[pod.Uid()] = run = new Run(Address ?? NewAddress());
            if (pod.IsGoing()) End(pod, run);
            else if (pod.Text("status.phase") is not ("Succeeded" or "Failed")) Go(pod, run);
        }
    }

    private void Go(JsonObject pod, Run run)
    {
        JsonObject[] containers = [.. pod.Items("spec.containers")];
        if (!run.Seen)
        {
            // The kubelet takes it over: everything waits.
            run.Seen = true;
            run.Since = store.Time;
            foreach (JsonObject container in containers) run.Containers[container.Text("name")!] = new ContainerRun();
            Tell(pod, run, "Pending");
            return;
        }
        foreach (JsonObject container in containers)
        {
            ContainerRun one = run.Containers[container.Text("name")!];
            ContainerPlay plays = play(pod, container);
            if (one.Began is null && one.Ended is null && one.Due <= store.Time) Begin(one, plays);
            else if (one.Began is { } began && one.Ended is null)
            {
                if (one.Kill is { } kill) Finish(one, kill.Code, kill.Reason ?? (kill.Code == 0 ? "Completed" : "Error"));
                else if (plays.EndsAfter is { } life && store.Time - began >= life) Finish(one, plays.ExitCode, plays.EndReason ?? (plays.ExitCode == 0 ? "Completed" : "Error"));
                else one.Ready = plays.ReadyAfter is { } wait && store.Time - began >= wait;
            }
            else if (one.Ended is { } ended && Restarts(pod, one) && store.Time >= ended + BackOff(one))
            {
                one.Last = one.Ending(began: true);
                one.Before = one.Output;
                one.Output = [];
                one.Restarts++;
                one.Began = null;
                one.Ended = null;
                Begin(one, plays);
            }
            else if (one.Ended is not null && Restarts(pod, one) && one.Waiting is null && one.ToldEnd)
            {
                one.Waiting = ("CrashLoopBackOff", $"back-off {BackOff(one).TotalSeconds.ToString(CultureInfo.InvariantCulture)}s restarting failed container={container.Text("name")} pod={pod.Name()}_{pod.Space()}({pod.Uid()})");
            }
            one.ToldEnd = one.Ended is not null;
        }
        ContainerRun[] all = [.. containers.Select(container => run.Containers[container.Text("name")!])];
        bool over = all.All(one => one.Ended is not null && !Restarts(pod, one));
        string phase = over ? all.All(static one => one.Code == 0) ? "Succeeded" : "Failed" : all.Any(static one => one.Began is not null || one.Restarts > 0) ? "Running" : "Pending";
        Tell(pod, run, phase);
    }

    private void Begin(ContainerRun one, ContainerPlay plays)
    {
        if (plays.ImageError is { } error)
        {
            bool backs = one.Waiting?.Reason == "ErrImagePull";
            one.Waiting = backs ? ("ImagePullBackOff", "Back-off pulling image") : ("ErrImagePull", error);
            one.Due = store.Time + (backs ? FirstBackOff * Pace : TimeSpan.FromSeconds(1) * Pace);
            return;
        }
        one.Waiting = null;
        one.Began = store.Time;
        one.Number++;
        one.Kill = null;
        one.Output.AddRange(plays.Output);
        one.Ready = plays.ReadyAfter == TimeSpan.Zero;
    }

    private void Finish(ContainerRun one, int code, string reason)
    {
        one.Ended = store.Time;
        one.Code = code;
        one.Reason = reason;
        one.Ready = false;
        one.Waiting = null;
    }

    private TimeSpan BackOff(ContainerRun one) => FirstBackOff * Math.Min(30, Math.Pow(2, one.Restarts)) * Pace;

    private static bool Restarts(JsonObject pod, ContainerRun one) => pod.Text("spec.restartPolicy") switch { "Never" => false, "OnFailure" => one.Code != 0, _ => true };

    // Told to end: the containers take the time they need, at most the grace.
    private void End(JsonObject pod, Run run)
    {
        run.Told ??= store.Time;
        TimeSpan grace = TimeSpan.FromSeconds(pod.Number("metadata.deletionGracePeriodSeconds") ?? 0);
        foreach (JsonObject container in pod.Items("spec.containers"))
        {
            if (!run.Containers.TryGetValue(container.Text("name")!, out ContainerRun? one) || one.Began is null || one.Ended is not null) continue;
            ContainerPlay plays = play(pod, container);
            if (store.Time - run.Told >= grace) Finish(one, plays.EndsWithin == TimeSpan.Zero ? 0 : 137, plays.EndsWithin == TimeSpan.Zero ? "Completed" : "Error");
            else if (store.Time - run.Told >= plays.EndsWithin) Finish(one, 0, "Completed");
        }
        if (run.Containers.Values.Any(static one => one.Began is not null && one.Ended is null)) return;
        if (!run.ToldGone)
        {
            run.ToldGone = true;
            if (run.Containers.Count > 0) Tell(pod, run, pod.Text("status.phase") ?? "Running");
        }
        JsonObject next = store.Find(Pods, pod.Space(), pod.Name())!.Copy();
        if (next.Number("metadata.deletionGracePeriodSeconds") is not 0)
        {
            next.Meta()["deletionGracePeriodSeconds"] = 0;
            next.Meta()["deletionTimestamp"] = store.Now;
            store.Update(Pods, next);
        }
        else if (!next.Finalizers().Any())
        {
            store.Remove(Pods, next);
        }
    }

    private void Tell(JsonObject pod, Run run, string phase)
    {
        JsonObject next = store.Find(Pods, pod.Space(), pod.Name())!.Copy();
        JsonObject status = next.Child("status");
        JsonObject[] containers = [.. pod.Items("spec.containers")];
        bool ready = phase == "Running" && containers.All(container => run.Containers[container.Text("name")!].Ready);
        string[] unready = [.. containers.Select(static container => container.Text("name")!).Where(name => !run.Containers[name].Ready)];
        string? reason = phase == "Succeeded" ? "PodCompleted" : "ContainersNotReady";
        string? message = phase == "Succeeded" ? null : $"containers with unready status: [{string.Join(' ', unready)}]";
        status["phase"] = phase;
        status["conditions"] = new JsonArray(
            Condition(pod, "Initialized", "True", phase == "Succeeded" ? "PodCompleted" : null, null),
            Condition(pod, "Ready", ready ? "True" : "False", ready ? null : reason, ready ? null : message),
            Condition(pod, "ContainersReady", ready ? "True" : "False", ready ? null : reason, ready ? null : message),
            Condition(pod, "PodScheduled", "True", null, null));
        status["hostIP"] = "10.77.0.31";
        if (phase != "Pending" || run.Containers.Values.Any(static one => one.Began is not null))
        {
            status["podIP"] = run.Address;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = run.Address });
        }
        status["startTime"] = Stamp(run.Since);
        status["containerStatuses"] = new JsonArray([.. containers.OrderBy(static container => container.Text("name"), StringComparer.Ordinal).Select(container =>
        {
            ContainerRun one = run.Containers[container.Text("name")!];
            bool running = one.Began is not null && one.Ended is null;
            JsonObject told = new()
            {
                ["name"] = container.Text("name"),
                ["state"] = running ? new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Stamp(one.Began!.Value) } }
                    : one.Ended is not null && one.Waiting is null ? new JsonObject { ["terminated"] = one.Ending(began: true) }
                    : new JsonObject { ["waiting"] = Waiting(one) },
                ["lastState"] = one.Waiting is not null && one.Ended is not null ? new JsonObject { ["terminated"] = one.Ending(began: true) } : one.Last is { } last ? new JsonObject { ["terminated"] = last.Copy() } : new JsonObject(),
                ["ready"] = one.Ready,
                ["restartCount"] = one.Restarts,
                ["image"] = container.Text("image"),
                ["imageID"] = one.Number > 0 ? "sha256:" + container.Text("image") : "",
                ["started"] = running,
            };
            if (one.Number > 0) told["containerID"] = one.Id(pod);
            return told;
        })]);
        if (!Json.Same(pod["status"], next["status"])) store.Update(Pods, next);
    }

    private static JsonObject Waiting(ContainerRun one)
    {
        var waiting = new JsonObject { ["reason"] = one.Waiting?.Reason ?? "ContainerCreating" };
        if (one.Waiting?.Message is { } message) waiting["message"] = message;
        return waiting;
    }

    private JsonObject Condition(JsonObject pod, string type, string status, string? reason, string? message)
    {
        JsonObject? had = pod.Condition(type);
        var condition = new JsonObject { ["type"] = type, ["status"] = status, ["lastProbeTime"] = null, ["lastTransitionTime"] = had is not null && had.Text("status") == status ? had["lastTransitionTime"]?.DeepClone() : store.Now };
        if (reason is not null) condition["reason"] = reason;
        if (message is not null) condition["message"] = message;
        return condition;
    }

    private string NewAddress()
    {
        int number = ++_addresses;
        return string.Create(CultureInfo.InvariantCulture, $"10.131.{number / 250}.{(number % 250) + 2}");
    }

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed class Run(string address)
    {
        public string Address { get; } = address;

        public bool Seen { get; set; }

        public DateTimeOffset Since { get; set; }

        public DateTimeOffset? Told { get; set; }

        public bool ToldGone { get; set; }

        public Dictionary<string, ContainerRun> Containers { get; } = new(StringComparer.Ordinal);
    }

    private sealed class ContainerRun
    {
        public DateTimeOffset? Began { get; set; }

        public DateTimeOffset? Ended { get; set; }

        public DateTimeOffset Due { get; set; }

        public int Code { get; set; }

        public string? Reason { get; set; }

        public bool Ready { get; set; }

        public bool ToldEnd { get; set; }

        public int Restarts { get; set; }

        public int Number { get; set; }

        public (int Code, string? Reason)? Kill { get; set; }

        public (string Reason, string? Message)? Waiting { get; set; }

        public JsonObject? Last { get; set; }

        public List<string> Output { get; set; } = [];

        public List<string>? Before { get; set; }

        public string Id(JsonObject pod) => string.Create(CultureInfo.InvariantCulture, $"containerd://{pod.Uid()}-{Number}");

        public JsonObject Ending(bool began) => new()
        {
            ["exitCode"] = Code,
            ["reason"] = Reason,
            ["startedAt"] = began && Began is { } from ? Stamp(from) : null,
            ["finishedAt"] = Stamp(Ended!.Value),
            ["containerID"] = string.Create(CultureInfo.InvariantCulture, $"containerd://{Number}"),
        };
    }
}
