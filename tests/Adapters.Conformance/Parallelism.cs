using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(SharedDockerEngine))]
[assembly: AssemblyFixture(typeof(SharedSwarm))]

// These tests mostly wait: for engines, and for programs to start and end.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
