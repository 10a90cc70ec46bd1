namespace Federation.Client.Tokens;

/// <summary>Where requests get their bearer token. Safe for concurrent use.</summary>
public interface ITokenSource
{
    /// <summary>A token that is valid for some time yet.</summary>
    ValueTask<string> GetAsync(CancellationToken ct);

    /// <summary>Says that the server refused the token: the next call gets another, unless there is another already.</summary>
    void Refused(string token);
}
