using System.Runtime.CompilerServices;
using Xunit.v3;

namespace EndToEnd.Tests.Chaos;

/// <summary>A step that takes minutes: it exists only where <c>FEDERATION_CHAOS</c> asks for it, and is not one more skipped test elsewhere.</summary>
[XunitTestCaseDiscoverer(typeof(LongStepDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongStepAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber);
