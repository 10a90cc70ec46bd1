namespace Federation.Domain.Json;

/// <summary>A domain value that is written as one string.</summary>
/// <typeparam name="TSelf">The value's own type.</typeparam>
public interface IStringValue<TSelf> where TSelf : IStringValue<TSelf>
{
    /// <summary>Reads the value from its text form.</summary>
    /// <param name="text">The text form.</param>
    /// <exception cref="FormatException">The text breaks the value's rule; the message names the rule.</exception>
    static abstract TSelf Parse(string text);

    /// <summary>The text form, which <see cref="Parse"/> reads back to an equal value.</summary>
    string ToString();
}
