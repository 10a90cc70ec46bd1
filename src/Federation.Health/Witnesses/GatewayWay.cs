namespace Federation.Health.Witnesses;

/// <summary>An open tunnel as a gateway sees it.</summary>
/// <param name="PongAge">How long ago the tunnel's other end last answered a ping; null if it never has.</param>
/// <param name="AnswerAge">How long ago a replica behind it last answered a request; null if none has.</param>
public sealed record GatewayWay(TimeSpan? PongAge, TimeSpan? AnswerAge);
