namespace Federation.Client.Tokens;

/// <summary>A token from elsewhere (an external issuer, a pipeline's variable).</summary>
/// <param name="token">The token.</param>
public sealed class FixedToken(string token) : ITokenSource
{
    /// <inheritdoc/>
    public ValueTask<string> GetAsync(CancellationToken ct) => ValueTask.FromResult(token);

    /// <inheritdoc/>
    public void Refused(string token) { }
}
