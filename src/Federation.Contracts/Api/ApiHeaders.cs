namespace Federation.Contracts.Api;

/// <summary>Header names of the API beside the standard ones.</summary>
public static class ApiHeaders
{
    /// <summary>On the answer to an apply: <c>created</c>, <c>configured</c> or <c>unchanged</c>.</summary>
    public const string Result = "Federation-Result";
}
