namespace Federation.Dashboard.Pages;

/// <summary>What a page says that says one thing.</summary>
public sealed record Message(string Title, string Text, int Status);
