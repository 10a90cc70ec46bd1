using System.Runtime.CompilerServices;

namespace Federation.Adapters.Node.Tests.Processes;

/// <summary>A test that changes users and sets limits, and thus needs root. Elsewhere it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!Environment.IsPrivilegedProcess) Skip = "needs root: it gives tenants users of their own and sets their limits";
    }
}
