using System.Text.Json.Nodes;
using Federation.Manifests.Compose.Values;

namespace Federation.Manifests.Compose.Mapping;

/// <content>How many, how checked, how restarted and how replaced.</content>
internal sealed partial class ServiceMapper
{
    private const int Hour = 3600;
    private const int Day = 86400;
    private const int MostFailures = 1000;

    private void MapHealth()
    {
        View check = service["healthcheck"];
        // What x-federation says stands in its place, for both forms.
        if (!check.IsThere || Extension["healthCheck"].IsThere) return;
        string health = $"{Template}.healthCheck";
        // An empty test is none: the image's own check is run.
        IReadOnlyList<string>? test = check["test"].Text is { Length: > 0 } line ? ["CMD-SHELL", line] : check["test"] is { IsList: true, Texts: { Count: > 0 } words } ? words : null;
        if (check["disable"].Flag == true || test is ["NONE", ..])
        {
            Put("noHealthCheck", true, check["disable"].IsThere ? check["disable"] : check["test"]);
            return;
        }
        if (test is null)
        {
            foreach (string key in (string[])["interval", "timeout", "retries", "start_period"])
                if (check[key] is { IsThere: true } alone) alone.Warn("it says something only beside test: what the image itself checks is not known here");
            return;
        }
        IReadOnlyList<string>? command = test[0] switch
        {
            "CMD" => [.. test.Skip(1)],
            "CMD-SHELL" when test.Count > 1 => ["/bin/sh", "-c", string.Join(' ', test.Skip(1))],
            _ => null,
        };
        if (command is not { Count: > 0 })
        {
            check["test"].Refuse("a check is [CMD, PROGRAM, ...], [CMD-SHELL, COMMAND], [NONE], or a command in one line");
            return;
        }
        _draft.Set($"{health}.exec", new JsonObject { ["command"] = Texts(command) }, check["test"].Place);
        // What is left out, or 0, is the engine's own, and not the plane's: a check that takes seconds is no failure.
        long interval = UpTo(check["interval"], Hour) is > 0 and var every ? (long)Math.Ceiling(every) : EngineCheck.IntervalSeconds;
        long timeout = UpTo(check["timeout"], Hour) is > 0 and var longest ? (long)Math.Ceiling(longest) : EngineCheck.TimeoutSeconds;
        long retries = check["retries"].Whole is > 0 and var failures ? Math.Min(failures, MostFailures) : EngineCheck.Retries;
        if (check["retries"].Whole > MostFailures) check["retries"].Warn($"here it is at most {MostFailures}, and is taken as that");
        _draft.Set($"{health}.intervalSeconds", interval, check["interval"].Place);
        _draft.Set($"{health}.timeoutSeconds", timeout, check["timeout"].Place);
        _draft.Set($"{health}.failureThreshold", retries, check["retries"].Place);
        double given = EngineCheck.GivenUpAfter(check["start_period"].Seconds, retries, interval);
        _draft.Set($"{health}.startSeconds", (long)Math.Clamp(Math.Ceiling(given), 1, Day), check["start_period"].Place);
        if (given > Day) (check["start_period"].IsThere ? check["start_period"] : check).Warn("a replica that is not ready after a day is ended, whatever its check still bears");
    }

    // What is longer than the plane knows is taken as the longest it does, and told: the file says nothing wrong.
    private static double? UpTo(View time, int most)
    {
        if (time.Seconds is not { } seconds || seconds <= most) return time.Seconds;
        time.Warn(FormattableString.Invariant($"here it is at most {most / Hour}h, and is taken as that"));
        return most;
    }

    private void MapRestart()
    {
        View policy = service["deploy"]["restart_policy"], plain = service["restart"];
        View condition = policy["condition"];
        string restart = $"{Template}.restart";
        if (condition.SomeText is { } word)
        {
            if (plain.IsThere) plain.Warn("deploy.restart_policy goes before it");
            string? known = word switch { "any" => "always", "on-failure" => "onFailure", "none" => "never", _ => null };
            if (known is null) condition.Refuse("the condition is none, on-failure or any");
            _draft.Set($"{restart}.condition", known, condition.Place);
        }
        else if (plain.SomeText is { } text)
        {
            string[] parts = text.Split(':', 2);
            string? known = parts[0] switch { "always" or "unless-stopped" => "always", "on-failure" => "onFailure", "no" or "false" => "never", _ => null };
            if (known is null) plain.Refuse("restart is no, always, unless-stopped, or on-failure[:ATTEMPTS]");
            _draft.Set($"{restart}.condition", known, plain.Place);
            if (parts.Length > 1)
            {
                if (int.TryParse(parts[1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int attempts)) _draft.Set($"{restart}.maxAttempts", attempts, plain.Place);
                else plain.Refuse("behind on-failure: stands how often");
            }
        }
        else if (stack.IsAwaitedToEnd(name) is { } by)
        {
            // What others wait for to end ends by itself.
            _draft.Set($"{restart}.condition", "onFailure", by.Place);
            by.Warn($"{name} runs to its end, as others wait for that (restart: on-failure); they do not wait here", "say restart: always in its own service if it is to run on");
        }
        if (UpTo(policy["delay"], Hour) is { } delay)
        {
            _draft.Set($"{restart}.backoffSeconds", delay, policy["delay"].Place);
            if (delay > 60) _draft.Set($"{restart}.maxBackoffSeconds", delay, policy["delay"].Place);
        }
        _draft.Set($"{restart}.maxAttempts", Number(policy["max_attempts"].Whole), policy["max_attempts"].Place);
        if (UpTo(policy["window"], Day) is { } window) _draft.Set($"{restart}.windowSeconds", window, policy["window"].Place);
    }

    private void MapDeploy()
    {
        View deploy = service["deploy"], mode = deploy["mode"];
        View replicas = Either(deploy["replicas"], service["scale"]);
        _draft.Set("spec.replicas", Number(replicas.Whole), replicas.Place);
        if (mode.SomeText is { } word)
        {
            string? known = word switch { "replicated" => "replicated", "global" => "global", "replicated-job" => "replicatedJob", "global-job" => "globalJob", _ => null };
            if (known is null) mode.Refuse("the mode is replicated, global, replicated-job or global-job");
            else if (known != "replicated")
            {
                Put("mode", known, mode);
                if (known.StartsWith("global", StringComparison.Ordinal) && replicas.IsThere) replicas.Refuse("a global service has as many replicas as there are nodes", "remove it");
                // A job's end is what it is for.
                if (known.EndsWith("Job", StringComparison.Ordinal) && _draft.Find($"{Template}.restart.condition") is null) _draft.Set($"{Template}.restart.condition", "onFailure", mode.Place);
            }
        }
        Put("endpointMode", deploy["endpoint_mode"].SomeText, deploy["endpoint_mode"]);
        PutAll("serviceLabels", deploy["labels"]);
        View placement = deploy["placement"];
        Put("nodes.constraints", placement["constraints"].Texts, placement["constraints"]);
        Put("nodes.spread", [.. placement["preferences"].Items.Select(static item => item["spread"].Text).OfType<string>()], placement["preferences"]);
        Put("nodes.maxPerNode", placement["max_replicas_per_node"].Whole is > 0 and var most ? Number(most) : null, placement["max_replicas_per_node"]);
        MapUpdate(deploy["update_config"]);
        MapEngineUpdate("rollback", deploy["rollback_config"]);
    }

    private void MapUpdate(View update)
    {
        if (!update.IsThere) return;
        MapEngineUpdate("update", update);
        View parallelism = update["parallelism"], order = update["order"], delay = update["delay"], monitor = update["monitor"];
        if (parallelism.IsThere || order.IsThere)
        {
            long count = parallelism.Whole ?? 1;
            JsonNode share = count <= 0 ? "100%" : Math.Min(count, 1000);
            bool startFirst = order.Text == "start-first";
            View from = parallelism.IsThere ? parallelism : order;
            _draft.Set("spec.update.maxSurge", startFirst ? share : 0, from.Place);
            _draft.Set("spec.update.maxUnavailable", startFirst ? 0 : share.DeepClone(), from.Place);
        }
        double observed = Math.Max(delay.Seconds ?? 0, monitor.Seconds ?? 0);
        if (observed > 0) _draft.Set("spec.update.observeSeconds", (long)Math.Ceiling(Math.Min(observed, Hour)), (monitor.IsThere ? monitor : delay).Place);
        if (observed > Hour) (monitor.IsThere ? monitor : delay).Warn("a new replica is observed for at most an hour");
        switch (update["failure_action"].Text)
        {
            case "pause":
                _draft.Set("spec.update.onFailure", "pause", update["failure_action"].Place);
                break;
            case "rollback":
                _draft.Set("spec.update.onFailure", "undo", update["failure_action"].Place);
                break;
            case "continue":
                update["failure_action"].Warn("a version that fails is held or undone in the plane, never rolled out all the same: it is undone");
                break;
        }
        if (update["max_failure_ratio"].Number is { } ratio) _draft.Set("spec.update.maxFailureRatio", ratio, update["max_failure_ratio"].Place);
    }

    private void MapEngineUpdate(string field, View update)
    {
        if (!update.IsThere || !ForContainer(update)) return;
        Put($"{field}.parallelism", Number(update["parallelism"].Whole), update["parallelism"]);
        if (UpTo(update["delay"], Day) is { } delay) Put($"{field}.delaySeconds", delay, update["delay"]);
        if (UpTo(update["monitor"], Day) is { } monitor) Put($"{field}.monitorSeconds", monitor, update["monitor"]);
        if (update["max_failure_ratio"].Number is { } ratio) Put($"{field}.maxFailureRatio", ratio, update["max_failure_ratio"]);
        if (update["failure_action"].Text is { } action)
        {
            if (action is not ("pause" or "continue" or "rollback") || (action == "rollback" && field == "rollback")) update["failure_action"].Refuse(field == "rollback" ? "it is pause or continue" : "it is pause, continue or rollback");
            else Put($"{field}.failureAction", action, update["failure_action"]);
        }
        if (update["order"].Text is not { } order) return;
        if (order is not ("stop-first" or "start-first")) update["order"].Refuse("the order is stop-first or start-first");
        else Put($"{field}.order", order == "start-first" ? "startFirst" : "stopFirst", update["order"]);
    }
}
