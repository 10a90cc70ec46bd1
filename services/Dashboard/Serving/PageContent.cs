using Microsoft.AspNetCore.Components;

namespace Federation.Dashboard.Serving;

/// <summary>A page, ready to be drawn.</summary>
/// <param name="Title">For the browser's title and the heading's fallback.</param>
/// <param name="Section">The entry of the navigation that it belongs to.</param>
/// <param name="Body">The page's own part.</param>
public sealed record PageContent(string Title, string Section, RenderFragment Body)
{
    public int Status { get; init; } = 200;

    /// <summary>What is told to a screen reader when it changes: <c>Cluster us-cloud</c> to <c>Not ready</c>.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>A page made of one component that takes its model.</summary>
    public static PageContent Of<TComponent>(string title, string section, object model) where TComponent : IComponent => new(title, section, builder =>
    {
        builder.OpenComponent<TComponent>(0);
        builder.AddComponentParameter(1, "Model", model);
        builder.CloseComponent();
    });
}
