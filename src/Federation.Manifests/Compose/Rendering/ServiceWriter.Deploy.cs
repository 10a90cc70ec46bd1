using System.Text.Json.Nodes;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;

namespace Federation.Manifests.Compose.Rendering;

/// <content>How many, with how much, how restarted and how replaced.</content>
internal sealed partial class ServiceWriter
{
    private void WriteDeploy()
    {
        string? mode = _container.Mode switch { ContainerMode.Global => "global", ContainerMode.ReplicatedJob => "replicated-job", ContainerMode.GlobalJob => "global-job", _ => null };
        Put("deploy.mode", mode);
        if (Spec.Replicas is { } replicas)
        {
            if (mode?.StartsWith("global", StringComparison.Ordinal) == true) Say("spec.replicas", "a global service has as many replicas as there are nodes");
            else Put("deploy.replicas", replicas);
        }
        Put("deploy.endpoint_mode", _container.EndpointMode);
        Put("deploy.labels", ComposeTexts.Map(_container.ServiceLabels));
        Put("deploy.placement.constraints", ComposeTexts.List(_container.Nodes?.Constraints));
        if (_container.Nodes?.Spread is { Count: > 0 } spread) Put("deploy.placement.preferences", new JsonArray([.. spread.Select(static over => new JsonObject { ["spread"] = over })]));
        if (_container.Nodes?.MaxPerNode is { } most) Put("deploy.placement.max_replicas_per_node", most);
        WriteResources();
        WriteRestart(mode is "replicated-job" or "global-job");
        WriteUpdate();
    }

    private void WriteResources()
    {
        ResourceRequirements? resources = _template.Resources;
        if (resources?.CpuLimit is { } cpuLimit) Put("deploy.resources.limits.cpus", ComposeTexts.Processors(cpuLimit));
        if (resources?.MemoryLimit is { } memoryLimit) Put("deploy.resources.limits.memory", ComposeTexts.Size(memoryLimit.Value));
        if (_container.PidsLimit is { } pids) Put("deploy.resources.limits.pids", pids);
        if (resources is { Cpu.Value: > 0 }) Put("deploy.resources.reservations.cpus", ComposeTexts.Processors(resources.Cpu));
        if (resources is { Memory.Value: > 0 }) Put("deploy.resources.reservations.memory", ComposeTexts.Size(resources.Memory.Value));
        if (_container.DeviceRequests is { Count: > 0 } requests)
        {
            Put("deploy.resources.reservations.devices", new JsonArray([.. requests.Select(static request =>
            {
                var one = new JsonObject();
                ComposeTexts.Put(one, "capabilities", ComposeTexts.List(request.Capabilities));
                ComposeTexts.Put(one, "driver", request.Driver);
                if (request.Count is { } count) one["count"] = count < 0 ? "all" : count;
                ComposeTexts.Put(one, "device_ids", ComposeTexts.List(request.Ids));
                ComposeTexts.Put(one, "options", ComposeTexts.Map(request.Options));
                return one;
            })]));
        }
        if (_container.GenericResources is { Count: > 0 } generic)
        {
            Put("deploy.resources.reservations.generic_resources", new JsonArray([.. generic.Select(static one =>
                new JsonObject { ["discrete_resource_spec"] = new JsonObject { ["kind"] = one.Kind, ["value"] = one.Count } })]));
        }
    }

    private void WriteRestart(bool job)
    {
        RestartPolicy restart = _template.Restart, usual = new();
        // A job is started again after a failure, if nothing else is said.
        if (restart.Condition != (job ? RestartCondition.OnFailure : usual.Condition))
            Put("deploy.restart_policy.condition", restart.Condition switch { RestartCondition.OnFailure => "on-failure", RestartCondition.Never => "none", _ => "any" });
        // What docker compose alone reads starts nothing again, if nothing is said; a swarm starts everything.
        else if (!job && restart.Condition == RestartCondition.Always) Put("restart", "always");
        if (restart.BackoffSeconds != usual.BackoffSeconds) Put("deploy.restart_policy.delay", ComposeTexts.Seconds(restart.BackoffSeconds));
        if (restart.MaxAttempts is { } attempts) Put("deploy.restart_policy.max_attempts", attempts);
        if (restart.WindowSeconds is { } window) Put("deploy.restart_policy.window", ComposeTexts.Seconds(window));
    }

    // Of what a file says of updates the reader makes what an engine does by itself, and what the plane does; where the plane is to do something else, x-federation says it.
    private void WriteUpdate()
    {
        UpdateStrategy derived = new();
        if (_container.Update is { } update)
        {
            ReplicaShare share = update.Parallelism <= 0 ? new ReplicaShare(100, Percent: true) : Math.Min(update.Parallelism, 1000);
            bool starts = update.Order == UpdateOrder.StartFirst;
            UpdateStrategy told = derived with { MaxSurge = starts ? share : 0, MaxUnavailable = starts ? 0 : share };
            bool says = update.Parallelism != 1 || update.Order != UpdateOrder.StopFirst || (told.MaxSurge == Spec.Update.MaxSurge && told.MaxUnavailable == Spec.Update.MaxUnavailable);
            if (says) derived = told;
            Put("deploy.update_config", Engine(update, parallelism: says));
            double observed = Math.Max(update.DelaySeconds, update.MonitorSeconds ?? 0);
            if (observed > 0) derived = derived with { ObserveSeconds = (int)Math.Ceiling(Math.Min(observed, 3600)) };
            // What an engine does by itself is the plane's own word where the plane has it.
            if (update.FailureAction == ContainerFailureAction.Pause && Spec.Update.OnFailure == FailureAction.Pause)
            {
                Put("deploy.update_config.failure_action", "pause");
                derived = derived with { OnFailure = FailureAction.Pause };
            }
            if (update.MaxFailureRatio > 0) derived = derived with { MaxFailureRatio = update.MaxFailureRatio };
            else if (Spec.Update.MaxFailureRatio == 0)
            {
                Put("deploy.update_config.max_failure_ratio", 0);
                derived = derived with { MaxFailureRatio = 0 };
            }
        }
        if (_container.Rollback is { } rollback) Put("deploy.rollback_config", Engine(rollback, parallelism: rollback.Parallelism != 1));
        JsonObject wanted = (JsonObject)ComposeTexts.Json(Spec.Update)!, has = (JsonObject)ComposeTexts.Json(derived)!;
        var differing = new JsonObject();
        foreach ((string part, JsonNode? value) in wanted)
            if (!JsonNode.DeepEquals(value, has[part])) differing[part] = value?.DeepClone();
        if (differing.Count > 0) Extend("update", differing, "spec.update");
    }

    private static JsonObject Engine(ContainerUpdate update, bool parallelism)
    {
        var config = new JsonObject();
        if (parallelism) config["parallelism"] = update.Parallelism;
        if (update.DelaySeconds > 0) config["delay"] = ComposeTexts.Seconds(update.DelaySeconds);
        if (update.MonitorSeconds is { } monitor) config["monitor"] = ComposeTexts.Seconds(monitor);
        if (update.FailureAction != ContainerFailureAction.Pause) config["failure_action"] = update.FailureAction == ContainerFailureAction.Continue ? "continue" : "rollback";
        if (update.MaxFailureRatio > 0) config["max_failure_ratio"] = update.MaxFailureRatio;
        if (update.Order == UpdateOrder.StartFirst) config["order"] = "start-first";
        // Something is said, though it is what is usual.
        if (config.Count == 0) config["delay"] = "0s";
        return config;
    }

    private void WriteTuning()
    {
        if (_container.Tuning is not { } tuning) return;
        if (tuning == new ContainerTuning()) Put("oom_kill_disable", false);
        if (tuning.MemorySwap is { } swap) Put("memswap_limit", swap < 0 ? "-1" : ComposeTexts.Size(swap));
        if (tuning.Swappiness is { } swappiness) Put("mem_swappiness", swappiness);
        if (tuning.CpuShares is { } shares) Put("cpu_shares", shares);
        Put("cpuset", tuning.CpuSet);
        if (tuning.CpuCount is { } count) Put("cpu_count", count);
        if (tuning.CpuPercent is { } percent) Put("cpu_percent", percent);
        if (tuning.RealtimePeriod is { } period) Put("cpu_rt_period", period);
        if (tuning.RealtimeRuntime is { } runtime) Put("cpu_rt_runtime", runtime);
        if (tuning.NoOutOfMemoryKill) Put("oom_kill_disable", true);
        if (tuning.OutOfMemoryScore is { } score) Put("oom_score_adj", score);
        Put("cgroup_parent", tuning.CgroupParent);
        Put("storage_opt", ComposeTexts.Map(tuning.StorageOptions));
        if (tuning.BlockWeight is { } weight) Put("blkio_config.weight", weight);
        foreach (BlockLimit limit in tuning.BlockLimits ?? [])
        {
            (string key, string rate) = limit.Kind switch
            {
                BlockLimitKind.ReadBytes => ("device_read_bps", "rate"),
                BlockLimitKind.WriteBytes => ("device_write_bps", "rate"),
                BlockLimitKind.ReadOperations => ("device_read_iops", "rate"),
                BlockLimitKind.WriteOperations => ("device_write_iops", "rate"),
                _ => ("weight_device", "weight"),
            };
            if (Member("blkio_config")[key] is not JsonArray limits) Member("blkio_config")[key] = limits = [];
            limits.Add((JsonNode)new JsonObject { ["path"] = limit.Device, [rate] = limit.Rate });
        }
    }
}
