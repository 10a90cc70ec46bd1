using Federation.Routing.Documents;

namespace Federation.Routing.Tables;

/// <summary>What the table says of a host and path.</summary>
/// <param name="HostKnown">Whether any route has this host.</param>
/// <param name="Entry">The route with the longest matching path; null if none matches.</param>
/// <param name="Service">Its workload's endpoints; null if the workload is not known (yet).</param>
public readonly record struct RouteMatch(bool HostKnown, RouteEntry? Entry, RoutedService? Service);
