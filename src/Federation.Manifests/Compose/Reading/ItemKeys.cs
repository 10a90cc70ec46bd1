using System.Diagnostics.CodeAnalysis;
using Federation.Manifests.Compose.Mapping;
using Federation.Manifests.Compose.Values;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Reading;

/// <summary>What tells the items of a list apart where lists are joined: for most lists, all that an item says.</summary>
internal static class ItemKeys
{
    /// <summary>What tells apart the items of the list under a key.</summary>
    public static Func<Node, string> Of(string key) => key switch
    {
        "volumes" or "devices" => static item => item is MappingNode mount ? Bare(Target(mount)) ?? Whole(mount) : Bare(MountTarget(Text(item))),
        "secrets" => static item => FileTarget(item, "/run/secrets/"),
        "configs" => static item => FileTarget(item, "/"),
        "ports" => PortOf,
        "tmpfs" => static item => item is ScalarNode ? Bare(Text(item).Split(':')[0]) : Whole(item),
        "env_file" or "label_file" => static item => item is MappingNode file ? Member(file, "path") ?? Whole(file) : Text(item),
        "config" => static item => item is MappingNode range ? Member(range, "subnet") ?? Whole(range) : Whole(item),
        _ => Whole,
    };

    // A slash behind it makes no other path of it.
    [return: NotNullIfNotNull(nameof(path))]
    private static string? Bare(string? path) => path is { Length: > 1 } ? path.TrimEnd('/') : path;

    private static string? Target(MappingNode mount) => Member(mount, "target") ?? Member(mount, "source");

    private static string FileTarget(Node item, string folder)
    {
        string? path = item is MappingNode file ? Target(file) : Text(item);
        return path is null ? Whole(item) : path.StartsWith('/') ? path : folder + path;
    }

    private static string MountTarget(string text)
    {
        try
        {
            return ShortForms.SplitMount(text) is [_, var target, ..] ? target : text;
        }
        catch (FormatException)
        {
            return text;
        }
    }

    private static string PortOf(Node item)
    {
        try
        {
            IReadOnlyList<PublishedPort> ports = item is MappingNode port
                ? Member(port, "target") is { } target ? ShortForms.Ports(target, Member(port, "published"), Member(port, "protocol")?.ToLowerInvariant() ?? "tcp", Member(port, "host_ip")) : []
                : ShortForms.Ports(Text(item));
            if (ports is not [var first, ..]) return Whole(item);
            // Every address is what is meant where none is named.
            return FormattableString.Invariant($"{(first.Address is "0.0.0.0" or "" ? null : first.Address)}|{first.Published}|{first.Target}|{ports[^1].Target}|{first.Protocol}");
        }
        catch (FormatException)
        {
            return Whole(item);
        }
    }

    private static string Whole(Node item) => item is ScalarNode scalar ? scalar.Text : TreeJson.Of(item)!.ToJsonString();

    private static string? Member(MappingNode mapping, string key) => mapping.Find(key)?.Value is ScalarNode { IsNull: false } scalar ? scalar.Text : null;

    private static string Text(Node item) => (item as ScalarNode)?.Text ?? "";
}
