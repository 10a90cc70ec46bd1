using Federation.TestKit.Machine;

[assembly: AssemblyFixture(typeof(PlaneTurn))]
