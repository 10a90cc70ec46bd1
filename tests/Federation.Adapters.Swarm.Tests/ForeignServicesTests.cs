using Federation.Adapters.Swarm.Adopting;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Tests;

public sealed class ForeignServicesTests
{
    [Fact]
    public void Read_PortsOfEveryMachine_TellsHowEachIsReachedLater()
    {
        var service = new SwarmService
        {
            Id = "s",
            Spec = new ServiceSpec
            {
                Name = "dns",
                Mode = new ServiceMode { Replicated = new ReplicatedMode(1) },
                TaskTemplate = new TaskSpec { ContainerSpec = new TaskContainerSpec { Image = "dns:1" } },
                EndpointSpec = new ServiceEndpointSpec
                {
                    Ports =
                    [
                        new ServicePort { TargetPort = 80, PublishedPort = 8080 },
                        new ServicePort { TargetPort = 53, PublishedPort = 53, Protocol = "udp" },
                        new ServicePort { TargetPort = 8125, PublishedPort = 8125, Protocol = "udp", PublishMode = "host" },
                    ],
                },
            },
        };
        ForeignService found = new ForeignServices("plane", new("c"), OfferedCapabilities.Swarm.Always, new Dictionary<string, string>()).Read(service, [])!;
        Assert.Null(found.Refusal);
        Assert.Equal([PublishMode.Ingress, PublishMode.Ingress, PublishMode.Host], found.Template.Ports!.Select(static port => port.Publish));
        Assert.Equal(
        [
            "the port 8080 of every machine of the swarm: give its callers a Route",
            "the port 53/udp of every machine of the swarm, where no Route leads: a port for datagrams is reached from outside where it is published in mode host",
        ], found.LaterWithout);
    }
}
