namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>What /version says. Vendors add to the numbers, as in "21+".</summary>
internal sealed record ServerVersion
{
    public string Major { get; init; } = "";

    public string Minor { get; init; } = "";

    public string GitVersion { get; init; } = "";

    public string? Platform { get; init; }

    public Version Number => new(Leading(Major), Leading(Minor));

    private static int Leading(string text) =>
        int.TryParse(text.AsSpan(0, text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length), System.Globalization.CultureInfo.InvariantCulture, out int number) ? number : 0;
}

/// <summary>What /apis says.</summary>
internal sealed record ApiGroupList
{
    public IReadOnlyList<ApiGroup>? Groups { get; init; }
}

/// <summary>A group and its versions.</summary>
internal sealed record ApiGroup
{
    public string Name { get; init; } = "";

    public IReadOnlyList<ApiGroupVersion>? Versions { get; init; }
}

/// <summary>A version of a group.</summary>
internal sealed record ApiGroupVersion
{
    public string GroupVersion { get; init; } = "";

    public string Version { get; init; } = "";
}

/// <summary>The resources of a group's version.</summary>
internal sealed record ApiResourceList
{
    public string GroupVersion { get; init; } = "";

    public IReadOnlyList<ApiResourceEntry>? Resources { get; init; }
}

/// <summary>A resource, or with a slash in its name a subresource, which may be of another group and version.</summary>
internal sealed record ApiResourceEntry
{
    public string Name { get; init; } = "";

    public bool Namespaced { get; init; }

    public string? Group { get; init; }

    public string? Version { get; init; }

    public string Kind { get; init; } = "";
}
