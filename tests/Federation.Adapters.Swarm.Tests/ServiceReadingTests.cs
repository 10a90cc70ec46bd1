using System.Text.Json.Nodes;
using Federation.Adapters.Swarm.Adopting;
using Federation.Domain.Workloads;
using Federation.Engine.Containers;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>What a service says, as a template.</summary>
public sealed class ServiceReadingTests
{
    [Fact]
    public void TemplateOf_WhatAFormSays_IsTheTemplateThatItWasMadeOf()
    {
        WorkloadTemplate written = ServiceFormTests.Full;
        ServiceSpec form = ServiceFormTests.Make(written);
        WorkloadTemplate read = ServiceReading.TemplateOf(form);
        JsonObject again = ServiceFormTests.Make(read).ToJson(), first = form.ToJson();
        foreach (JsonObject spec in (JsonObject[])[again, first])
        {
            // What the plane adds by itself: its variables and marks, and the names of its volumes.
            JsonObject container = spec["TaskTemplate"]!["ContainerSpec"]!.AsObject();
            container.Remove("Env");
            container.Remove("Labels");
            spec.Remove("Labels");
            foreach (JsonNode? mount in container["Mounts"]!.AsArray().Where(static mount => mount!["Source"] is not null)) mount!["Source"] = "a volume";
        }
        Assert.Equal(first.ToJsonString(), again.ToJsonString());
        Assert.Equal(written.Volumes?.Select(static volume => volume.Path ?? $"/volumes/{volume.Name}"), read.Volumes?.Select(static volume => volume.Path!));
    }

    [Theory]
    [InlineData("CMD-SHELL", "/bin/sh -c curl -f http://localhost/ || exit 1")]
    [InlineData("CMD", "curl -f http://localhost/ || exit 1")]
    public void TemplateOf_AHealthCheck_RunsTheSameCommand(string kind, string command)
    {
        HealthCheck check = ServiceReading.TemplateOf(Of(new TaskContainerSpec
        {
            Image = "web:1",
            Healthcheck = new ContainerHealthCheck { Test = [kind, "curl -f http://localhost/ || exit 1"], Interval = 1_500_000_000, Retries = 4 },
        })).HealthCheck!;
        Assert.Equal((command, 2, 30, 4), (string.Join(' ', check.Exec!.Command), check.IntervalSeconds, check.TimeoutSeconds, check.FailureThreshold));
    }

    [Fact]
    public void TemplateOf_WordsThatLookLikeTheVariablesOfThePlane_MeanThemselves()
    {
        ServiceSpec spec = Of(new TaskContainerSpec { Image = "web:1", Command = ["echo", "$(PORT)"], Env = ["A=$(B)", "B=1=2", "ALONE"] });
        WorkloadTemplate template = ServiceReading.TemplateOf(spec);
        TaskContainerSpec made = ServiceFormTests.Make(template).TaskTemplate.ContainerSpec!;
        Assert.Equal(["echo", "$(PORT)"], made.Command);
        Assert.Equal(["A=$(B)", "B=1=2"], made.Env!.Where(static entry => entry[0] is 'A' or 'B'));
    }

    [Theory]
    [InlineData("stop-first", 0UL, "0", "100%")]
    [InlineData("start-first", 3UL, "3", "0")]
    public void UpdateOf_AServicesOwn_IsTheWorkloads(string order, ulong parallelism, string surge, string unavailable)
    {
        UpdateStrategy update = ServiceReading.UpdateOf(new ServiceSpec { UpdateConfig = new ServiceUpdateConfig { Order = order, Parallelism = parallelism, FailureAction = "pause" } });
        Assert.Equal((surge, unavailable, FailureAction.Pause), (update.MaxSurge.ToString(), update.MaxUnavailable.ToString(), update.OnFailure));
    }

    private static ServiceSpec Of(TaskContainerSpec container) => new() { Name = "web", TaskTemplate = new TaskSpec { ContainerSpec = container } };
}
