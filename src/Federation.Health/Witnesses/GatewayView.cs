using Federation.Domain.Identifiers;

namespace Federation.Health.Witnesses;

/// <summary>What one gateway said last.</summary>
/// <param name="HeardAt">When.</param>
/// <param name="Ways">The nodes whose tunnel it has open.</param>
/// <param name="MissingSince">Since when it has none of a node that Health knows.</param>
public sealed record GatewayView(TimeSpan HeardAt, IReadOnlyDictionary<NodeKey, GatewayWay> Ways, IReadOnlyDictionary<NodeKey, TimeSpan> MissingSince);
