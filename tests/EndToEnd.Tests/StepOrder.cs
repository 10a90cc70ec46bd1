using Xunit.Sdk;
using Xunit.v3;

namespace EndToEnd.Tests;

/// <summary>Runs the steps of a scenario in the order of their names.</summary>
public sealed class StepOrder : ITestCaseOrderer
{
    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases) where TTestCase : notnull, ITestCase =>
        [.. testCases.OrderBy(test => test.TestCaseDisplayName, StringComparer.Ordinal)];
}
