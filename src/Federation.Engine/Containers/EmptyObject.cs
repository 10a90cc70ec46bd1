namespace Federation.Engine.Containers;

/// <summary>The value of a set's members in the API's form: <c>{}</c>.</summary>
public sealed record EmptyObject
{
    /// <summary>The one there is.</summary>
    public static EmptyObject Instance { get; } = new();
}
