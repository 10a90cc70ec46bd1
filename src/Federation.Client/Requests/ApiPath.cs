using System.Globalization;
using System.Text;
using Federation.Domain.Resources;

namespace Federation.Client.Requests;

/// <summary>Builds the API's paths.</summary>
internal sealed class ApiPath
{
    private readonly StringBuilder _text = new("v1");
    private bool _hasQuery;

    public static ApiPath Of(params ReadOnlySpan<string> segments)
    {
        var path = new ApiPath();
        foreach (string segment in segments) path._text.Append('/').Append(Uri.EscapeDataString(segment));
        return path;
    }

    public static ApiPath Of(ResourceKind kind, string @namespace, string name) =>
        kind.Namespaced ? Of("namespaces", @namespace, kind.Plural, name) : Of(kind.Plural, name);

    public static ApiPath Of(ResourceKind kind, string? @namespace) =>
        kind.Namespaced && @namespace is not null ? Of("namespaces", @namespace, kind.Plural) : Of(kind.Plural);

    public ApiPath With(string name, string? value)
    {
        if (value is null) return this;
        _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _hasQuery = true;
        return this;
    }

    public ApiPath With(string name, int? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    public ApiPath With(string name, bool value) => value ? With(name, "true") : this;

    public override string ToString() => _text.ToString();
}
