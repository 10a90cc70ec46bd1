using Federation.TestKit.Machine;

// Each class starts a whole plane: two at once would only measure each other. Rollouts undo themselves where a busy machine answers too late.
[assembly: AssemblyFixture(typeof(PlaneTurn))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
