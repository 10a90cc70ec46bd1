using System.Text.Json.Nodes;
using Federation.Domain.Identifiers;
using Federation.Manifests.Compose.Mapping;
using Federation.Manifests.Compose.Reading;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose;

/// <summary>
/// Reads Compose and stack files into resources, as the Compose specification and <c>docker stack</c> understand them. Nothing of a file is passed over in
/// silence: each key is mapped, warned of or refused with its path, line and column, as <see cref="Keys.ComposeKeys"/> says. Safe on input of anyone.
/// </summary>
public static class ComposeReader
{
    /// <summary>Reads a stack.</summary>
    /// <param name="input">Its files, and what they may see.</param>
    public static ComposeOutcome Read(ComposeInput input)
    {
        ReadLimits limits = input.Limits ?? ReadLimits.Default;
        string source = input.Files is [var first, ..] ? first.Source : "";
        var errors = new InputErrors(source, limits);
        var loader = new ComposeLoader(input, errors, limits);
        if (input.Files.Count == 0) errors.Add(new Position(0, 0), "", "no Compose file is given");
        MappingNode? root = loader.Load();
        if (root is null || errors.Count > 0) return Refused(errors);
        KeyCheck.Fates(root, errors);
        if (NameOf(input, root, loader.World, errors) is not { } stack) return Refused(errors);
        IReadOnlyList<DeclaredResource> resources = new StackMapper(root, stack, loader.World, errors, input.OfNoStack).Map();
        return errors.Count > 0
            ? Refused(errors)
            : new ComposeOutcome.Accepted(new ComposeStack(stack, resources, ConfigOf(root, stack, loader.World))) { Warnings = errors.Warnings };
    }

    /// <summary>The plane's name for what a Compose file names: small letters, <c>-</c> in place of <c>_</c> and <c>.</c>.</summary>
    /// <param name="text">The file's name for it.</param>
    public static string NameOf(string text) => ForeignNames.Of(text);

    /// <summary>Whether a text is a Compose file, and no resource of the plane's own form.</summary>
    /// <param name="text">The text.</param>
    public static bool IsCompose(string text) => RootOf(text) is not null;

    /// <summary>The name that a Compose file gives its stack, as it is written; null if it gives none, or is no Compose file.</summary>
    internal static string? NameIn(string text) => RootOf(text)?.Find("name")?.Value is ScalarNode { IsNull: false } name ? name.Text : null;

    private static MappingNode? RootOf(string text)
    {
        try
        {
            // What is no YAML is nobody's.
            return new YamlComposer(text, new NodeBudget(ReadLimits.Default), marks: true).Next() is MappingNode root
                && root.Find("apiVersion") is null && root.Find("kind") is null
                && (ComposeLoader.Sections.Any(section => root.Find(section) is not null) || root.Find("include") is not null) ? root : null;
        }
        catch (MalformedTextException)
        {
            return null;
        }
    }

    private static ComposeOutcome.Refused Refused(InputErrors errors) => new(errors.Errors) { Warnings = errors.Warnings };

    private static string? NameOf(ComposeInput input, MappingNode root, ComposeWorld world, InputErrors errors)
    {
        MappingEntry? own = root.Find("name");
        string? written = own?.Value is ScalarNode { IsNull: false, Text: { Length: > 0 } text } ? text : null;
        if ((world.GivenName ?? written ?? input.UsualName) is not { } name)
        {
            errors.Add(root.At, "", "nothing gives the stack a name", "write name: NAME, or give one with the command");
            return null;
        }
        string stack = ForeignNames.Of(name);
        if (Name.Violation(stack) is not { } rule) return stack;
        if (world.GivenName is null && written is not null) errors.Add(own!.At, "name", rule);
        else errors.Add(new Position(0, 0), "", $"'{(name.Length > 63 ? name[..63] + "..." : name)}' is no name of a stack: {rule}", input.Name is null && world.GivenName is not null ? $"set another as {ComposeWorld.NameVariable}, or give one with the command" : "give another with the command");
        return null;
    }

    // What is read again says the same: paths are whole, and a dollar sign stands for itself.
    private static JsonObject ConfigOf(MappingNode root, string stack, ComposeWorld world)
    {
        var config = new JsonObject { ["name"] = stack };
        foreach (MappingEntry entry in root.Entries)
        {
            if (entry.Key is "name" or "version" || (entry.Key.StartsWith("x-", StringComparison.Ordinal) && entry.Key != Keys.ComposeKeys.Extension)) continue;
            config[entry.Key] = TreeJson.Of(entry.Value, static text => text.Replace("$", "$$", StringComparison.Ordinal));
        }
        foreach (string section in (string[])["configs", "secrets"])
        {
            foreach (MappingEntry entry in (root.Find(section)?.Value as MappingNode)?.Entries ?? [])
            {
                if ((entry.Value as MappingNode)?.Find("file") is { Value: ScalarNode { IsNull: false } file }) config[section]![entry.Key]!["file"] = Whole(file, world);
            }
        }
        foreach (MappingEntry entry in (root.Find("services")?.Value as MappingNode)?.Entries ?? [])
        {
            if (entry.Value is not MappingNode service || config["services"]![entry.Key] is not JsonObject shown) continue;
            foreach (string key in (string[])["env_file", "label_file"])
            {
                if (service.Find(key)?.Value is ScalarNode { IsNull: false } single) shown[key] = Whole(single, world);
                for (int i = 0; service.Find(key)?.Value is SequenceNode list && i < list.Items.Count; i++)
                {
                    if (list.Items[i] is ScalarNode item) shown[key]![i] = Whole(item, world);
                    else if ((list.Items[i] as MappingNode)?.Find("path")?.Value is ScalarNode path) shown[key]![i]!["path"] = Whole(path, world);
                }
            }
            for (int i = 0; service.Find("volumes")?.Value is SequenceNode mounts && i < mounts.Items.Count; i++)
            {
                if ((mounts.Items[i] as MappingNode)?.Find("source")?.Value is ScalarNode { Text: ['.' or '~', ..] } source) shown["volumes"]![i]!["source"] = Whole(source, world);
                else if (mounts.Items[i] is ScalarNode { Text: ['.' or '~', ..] } line && line.Text.IndexOf(':') is > 0 and var colon)
                    shown["volumes"]![i] = Path.GetFullPath(world.Resolve(line.At, line.Text[..colon])).Replace("$", "$$", StringComparison.Ordinal) + line.Text[colon..].Replace("$", "$$", StringComparison.Ordinal);
            }
        }
        return config;
    }

    private static string Whole(ScalarNode path, ComposeWorld world) => Path.GetFullPath(world.Resolve(path.At, path.Text)).Replace("$", "$$", StringComparison.Ordinal);
}
