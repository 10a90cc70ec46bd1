using Federation.TestKit.Machine;

// Each class starts a whole plane: two at once would only measure each other.
[assembly: AssemblyFixture(typeof(PlaneTurn))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
