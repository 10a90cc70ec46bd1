using System.Text;
using Federation.Manifests.Binding;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Nodes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Reading;

/// <summary>
/// Reads resources from YAML or JSON. Strict: unknown fields, duplicate keys, wrong types and broken rules are refused, each with its
/// place, and all of a file's errors are told at once. What the plane writes (<c>status</c>, the server's part of <c>metadata</c>) is
/// ignored, so that what was printed can be applied again. Safe on input of anyone: size, depth, count and alias expansion are limited.
/// </summary>
public static class ResourceReader
{
    /// <summary>Reads bytes of UTF-8.</summary>
    /// <param name="utf8">The file's content.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="format">How to read it.</param>
    /// <param name="limits">What to put up with; the usual if null.</param>
    public static ReadOutcome Read(ReadOnlySpan<byte> utf8, string source, InputFormat format = InputFormat.Auto, ReadLimits? limits = null)
    {
        limits ??= ReadLimits.Default;
        (string? text, ManifestError? error) = SourceText.Decode(utf8, source, limits);
        return text is null ? new ReadOutcome.Refused([error!]) : ReadText(text, source, format, limits, partial: false);
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="format">How to read it.</param>
    /// <param name="limits">What to put up with; the usual if null.</param>
    public static ReadOutcome Read(string text, string source, InputFormat format = InputFormat.Auto, ReadLimits? limits = null) =>
        Read(Encoding.UTF8.GetBytes(text), source, format, limits);

    /// <summary>Reads a stream to its end, or until it is above the limit.</summary>
    /// <param name="stream">The content; not closed.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="format">How to read it.</param>
    /// <param name="limits">What to put up with; the usual if null.</param>
    /// <param name="ct">Ends the reading.</param>
    public static async Task<ReadOutcome> ReadAsync(Stream stream, string source, InputFormat format = InputFormat.Auto, ReadLimits? limits = null, CancellationToken ct = default)
    {
        limits ??= ReadLimits.Default;
        using var content = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (content.Length + read > limits.MaxBytes) return new ReadOutcome.Refused([SourceText.TooLarge(source, limits)]);
            content.Write(buffer, 0, read);
        }
        return Read(content.GetBuffer().AsSpan(0, (int)content.Length), source, format, limits);
    }

    /// <summary>Reads exactly one resource, as a request's body holds it.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="format">How to read it.</param>
    /// <param name="limits">What to put up with; the usual if null.</param>
    public static ReadOutcome ReadOne(ReadOnlySpan<byte> utf8, string source, InputFormat format = InputFormat.Auto, ReadLimits? limits = null) =>
        AtMostOne(Read(utf8, source, format, limits), source);

    /// <summary>
    /// Reads exactly one resource of which perhaps only some fields are written, as an apply sends it. What is written is checked as
    /// strictly as elsewhere; whether the whole is complete and keeps the rules of its kind shows once it is merged.
    /// </summary>
    /// <param name="utf8">The body.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="limits">What to put up with; the usual if null.</param>
    public static ReadOutcome ReadPart(ReadOnlySpan<byte> utf8, string source, ReadLimits? limits = null)
    {
        limits ??= ReadLimits.Default;
        (string? text, ManifestError? error) = SourceText.Decode(utf8, source, limits);
        return text is null ? new ReadOutcome.Refused([error!]) : AtMostOne(ReadText(text, source, InputFormat.Auto, limits, partial: true), source);
    }

    private static ReadOutcome AtMostOne(ReadOutcome outcome, string source) => outcome is ReadOutcome.Accepted { Resources: [_, var second, ..] }
        ? new ReadOutcome.Refused([new(source, "", second.Line, 1, "exactly one resource is expected here", "send one request for each resource")])
        : outcome;

    /// <summary>Reads text whose documents may also be objects of Kubernetes: those are laid aside, unread.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="format">How to read it.</param>
    /// <param name="limits">What to put up with.</param>
    /// <param name="foreign">Takes the objects of Kubernetes.</param>
    internal static ReadOutcome Split(string text, string source, InputFormat format, ReadLimits limits, List<ManifestDocument> foreign)
    {
        var errors = new DocumentErrors(source, limits);
        List<Node> roots = Compose(text, source, format, limits, errors);
        if (errors.Count > 0 && UnfilledTemplate.In(text, source) is { } template) return new ReadOutcome.Refused([template]);
        int before = foreign.Count;
        foreach (Node root in roots.Skip(1))
        {
            if (root is MappingNode mapping && mapping.Find("services") is { } services && mapping.Find("apiVersion") is null && mapping.Find("kind") is null)
                errors.Add(services.KeyAt, "services", "a Compose file is a file of its own", "put this document into another file, and name both with -f");
        }
        if (errors.Count > 0) return new ReadOutcome.Refused(errors.ToList());
        foreach (Node root in roots)
        {
            if (DocumentKinds.IsKubernetes(root) || DocumentKinds.IsChart(root)) foreign.Add(new((MappingNode)root, source, ""));
        }
        roots.RemoveAll(static root => DocumentKinds.IsKubernetes(root) || DocumentKinds.IsChart(root));
        return foreign.Count > before && roots.TrueForAll(static root => root.IsNull) && errors.Count == 0 ? new ReadOutcome.Accepted([]) : Bind(roots, source, errors, partial: false);
    }

    private static ReadOutcome ReadText(string text, string source, InputFormat format, ReadLimits limits, bool partial)
    {
        var errors = new DocumentErrors(source, limits);
        return Bind(Compose(text, source, format, limits, errors), source, errors, partial);
    }

    private static List<Node> Compose(string text, string source, InputFormat format, ReadLimits limits, DocumentErrors errors) => format switch
    {
        InputFormat.Json => ComposeJson(text, limits, errors),
        InputFormat.Auto when text.AsSpan().TrimStart() is ['{' or '[', ..] => ComposeEither(text, source, limits, errors),
        _ => ComposeYaml(text, limits, errors),
    };

    private static ReadOutcome Bind(List<Node> roots, string source, DocumentErrors errors, bool partial)
    {
        var binder = new DocumentBinder(source, errors, partial);
        var resources = new List<DeclaredResource>();
        foreach (Node root in roots)
        {
            if (!root.IsNull) resources.AddRange(binder.Bind(root));
        }
        if (errors.Count > 0) return new ReadOutcome.Refused(errors.ToList());
        return resources.Count > 0
            ? new ReadOutcome.Accepted(resources)
            : new ReadOutcome.Refused([new(source, "", 1, 1, "the file holds no resource", "begin with apiVersion: federation/v1")]);
    }

    // YAML has a flow form that begins like JSON: JSON's own errors are told only where neither reads it.
    private static List<Node> ComposeEither(string text, string source, ReadLimits limits, DocumentErrors errors)
    {
        var jsonErrors = new DocumentErrors(source, limits);
        List<Node> json = ComposeJson(text, limits, jsonErrors);
        if (jsonErrors.Count == 0) return json;
        return ComposeYaml(text, limits, errors);
    }

    private static List<Node> ComposeJson(string text, ReadLimits limits, DocumentErrors errors)
    {
        var roots = new List<Node>();
        var composer = new JsonComposer(Encoding.UTF8.GetBytes(text), new NodeBudget(limits), limits.MaxDepth);
        try
        {
            while (composer.Next() is { } root) roots.Add(root);
        }
        catch (MalformedTextException e)
        {
            errors.Add(e.At, "", e.Rule, e.Suggestion);
        }
        return roots;
    }

    private static List<Node> ComposeYaml(string text, ReadLimits limits, DocumentErrors errors)
    {
        var roots = new List<Node>();
        var composer = new YamlComposer(text, new NodeBudget(limits));
        try
        {
            while (composer.Next() is { } root) roots.Add(root);
        }
        catch (MalformedTextException e)
        {
            errors.Add(e.At, "", e.Rule, e.Suggestion);
        }
        return roots;
    }
}
