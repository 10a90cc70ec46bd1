using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Ownership;
using Federation.Manifests.Reading;
using Federation.Manifests.Shapes;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests.Ownership;

/// <summary>A resource under several writers, as its owner's service keeps it: merged documents are bound, so that defaults are filled in.</summary>
internal sealed record SharedDocument(ResourceKind Kind, JsonObject? Document, IReadOnlyList<FieldOwner> Owners)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    public static SharedDocument Empty(ResourceKind kind) => new(kind, null, []);

    public static SharedDocument Of(string yaml, string manager)
    {
        DeclaredResource declared = Part(yaml);
        return Empty(declared.Kind).Applied(declared.Written, manager);
    }

    public MergeOutcome Apply(JsonObject written, string manager, bool force = false) => FieldOwnership.Apply(Kind, Document, Owners, written, manager, force, Now);

    public SharedDocument Applied(JsonObject written, string manager, bool force = false)
    {
        var merged = Assert.IsType<MergeOutcome.Merged>(Apply(written, manager, force));
        return this with { Document = WithDefaults(merged.Document), Owners = merged.Owners };
    }

    public SharedDocument Applied(string yaml, string manager, bool force = false) => Applied(Part(yaml).Written, manager, force);

    /// <summary>As a program writes a whole.</summary>
    public SharedDocument Replaced(string yaml, string manager) => Rewritten(yaml, manager, FieldOwnership.Replace);

    /// <summary>As an undo writes earlier values.</summary>
    public SharedDocument Restored(string yaml) => Rewritten(yaml, "undo", FieldOwnership.Restore);

    public IReadOnlyList<FieldClash> Clashes(string yaml, string manager) =>
        Assert.IsType<MergeOutcome.Clashed>(Apply(Part(yaml).Written, manager)).Clashes;

    public IReadOnlyList<string> FieldsOf(string manager) => Owners.FirstOrDefault(owner => owner.Manager == manager)?.Fields ?? [];

    public JsonNode? At(params string[] path)
    {
        JsonNode? node = Document;
        foreach (string part in path) node = node?[part];
        return node;
    }

    public string Text => Document?.ToJsonString() ?? "";

    public static DeclaredResource Part(string text) => ResourceReader.ReadPart(Encoding.UTF8.GetBytes(text), "test") switch
    {
        ReadOutcome.Accepted { Resources: [var only] } => only,
        ReadOutcome.Refused refused => throw new Xunit.Sdk.XunitException(string.Join('\n', refused.Errors)),
        _ => throw new InvalidOperationException(),
    };

    // Parts of resources need not keep the rules of the whole: bound without them, every default stands there all the same.
    private static JsonObject WithDefaults(JsonObject document)
    {
        DeclaredResource part = Part(document.ToJsonString());
        JsonObject bound = ResourceWriter.ToNode(part.Resource);
        RemovePlaceholders(ShapeReflection.Of(part.Kind), bound, document);
        return bound;
    }

    // What is required and not written is bound to something that stands in its place; the plane refuses such a whole.
    private static void RemovePlaceholders(Shape.Composite shape, JsonObject bound, JsonObject? written)
    {
        foreach (ShapeMember member in shape.Members)
        {
            if (member.Required && written?[member.Name] is null) bound.Remove(member.Name);
            if (member.Shape is Shape.Composite inner && bound[member.Name] is JsonObject child) RemovePlaceholders(inner, child, written?[member.Name] as JsonObject);
        }
    }

    private SharedDocument Rewritten(
        string yaml, string manager, Func<ResourceKind, JsonObject?, JsonObject, IReadOnlyList<FieldOwner>, string, DateTimeOffset, IReadOnlyList<FieldOwner>> owners)
    {
        JsonObject after = WithDefaults(Part(yaml).Written);
        return this with { Document = after, Owners = owners(Kind, Document, after, Owners, manager, Now) };
    }
}
