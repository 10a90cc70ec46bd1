using Federation.Hosting.ApplicationModel;

namespace Federation.Hosting;

/// <summary>The closed model: all that the launcher needs to know.</summary>
internal sealed record ApplicationModelSnapshot(
    LaunchOptions Options,
    string StateDirectory,
    IReadOnlyList<ProjectResource> Projects,
    Func<TimeSpan, CancellationToken, Task<string>>? OnReady,
    Func<Task>? OnFresh);
