using Federation.Dashboard.Display;

namespace Federation.Dashboard.Pages;

/// <summary>One thing that is wrong.</summary>
/// <param name="Standing">How wrong.</param>
/// <param name="Kind">What it is: <c>Cluster</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its page.</param>
/// <param name="Detail">What is missing and what would help.</param>
/// <param name="Since">Since when, if known.</param>
public sealed record Problem(Standing Standing, string Kind, string Name, string Address, string? Detail, DateTimeOffset? Since);
