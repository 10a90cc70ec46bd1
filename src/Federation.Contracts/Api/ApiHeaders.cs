namespace Federation.Contracts.Api;

/// <summary>Header names of the API beside the standard ones.</summary>
public static class ApiHeaders
{
    /// <summary>On the answer to an apply: <c>created</c>, <c>configured</c> or <c>unchanged</c>.</summary>
    public const string Result = "Federation-Result";

    /// <summary>
    /// On the answer to an apply: the paths of the fields that it changed, each percent-encoded, separated by commas; at most
    /// <see cref="MostChanges"/>, then how many more there are, as <c>+N</c>.
    /// </summary>
    public const string Changed = "Federation-Changed";

    /// <summary>Paths that <see cref="Changed"/> names at most.</summary>
    public const int MostChanges = 100;

    /// <summary>The content type of a PATCH that carries the fields that a writer wants.</summary>
    public const string ApplyContent = "application/apply+json";
}
