namespace Federation.Security.Tokens;

/// <summary>What every access token of a plane has in common.</summary>
/// <param name="Issuer">The <c>iss</c> claim, compared character by character.</param>
/// <param name="Audience">The <c>aud</c> claim.</param>
public sealed record TokenRules(string Issuer, string Audience)
{
    /// <summary>The audience of the plane's REST API.</summary>
    public const string FederationAudience = "federation";

    /// <summary>The longest token that is read, in characters.</summary>
    public const int MaxTokenLength = 4096;

    /// <summary>How far clocks may differ.</summary>
    public static TimeSpan Leeway { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a token serves. Short, since a token is not taken back: a deleted account's last one serves until its end.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(15);
}
