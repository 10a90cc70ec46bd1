using System.Text.Json.Nodes;
using Federation.Domain.Resources;

namespace Federation.Manifests.Ownership;

/// <summary>
/// Who owns which fields of a resource, and what follows from a write. Pure. An apply carries the fields that its writer wants: they become
/// its own, fields that it owned and no longer carries fall back to their defaults unless another owns them too, and a field that another
/// owns with another value is a clash. Any other write owns what it changed.
/// </summary>
public static class FieldOwnership
{
    /// <summary>Merges what a writer declares into a document.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="present">The document as it is, in its one JSON form; null where there is none.</param>
    /// <param name="owners">Who owns what of it.</param>
    /// <param name="written">What the writer declares, as <see cref="DeclaredResource.Written"/>.</param>
    /// <param name="manager">The writer's name.</param>
    /// <param name="force">Whether to take over what others own.</param>
    /// <param name="now">For <see cref="FieldOwner.ChangedAt"/>.</param>
    public static MergeOutcome Apply(
        ResourceKind kind, JsonObject? present, IReadOnlyList<FieldOwner> owners, JsonObject written, string manager, bool force, DateTimeOffset now)
    {
        var names = ItemNames.Of(kind, present, written);
        FieldLeaves before = FieldLeaves.Of(kind, present, names), wanted = FieldLeaves.Of(kind, written, names);
        Dictionary<string, SortedSet<string>> sets = Sets(owners, before, before);
        FieldClash[] clashes =
        [
            .. from field in wanted.All
               where before.All.TryGetValue(field.Key, out FieldLeaf old) && old.Json != field.Value.Json
               from owner in sets
               where owner.Key != manager && owner.Value.Contains(field.Key)
               orderby field.Key, owner.Key
               select new FieldClash(field.Key, owner.Key),
        ];
        if (clashes.Length > 0 && !force) return new MergeOutcome.Clashed(clashes);
        foreach (FieldClash clash in clashes) sets[clash.Owner].Remove(clash.Path);

        var others = new HashSet<string>(sets.Where(owner => owner.Key != manager).SelectMany(static owner => owner.Value), StringComparer.Ordinal);
        var dropped = new SortedSet<string>(sets.GetValueOrDefault(manager) ?? [], StringComparer.Ordinal);
        dropped.ExceptWith(wanted.All.Keys);
        dropped.ExceptWith(others);
        JsonObject document = new FieldMerge(dropped, others, names).Document(kind, present, written);
        sets[manager] = new(wanted.All.Keys, StringComparer.Ordinal);
        return new MergeOutcome.Merged(document, List(Named(sets, kind, document, names), owners, now));
    }

    /// <summary>Who owns what after a write of a whole document: the writer owns what it changed, others keep what is as it was.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="before">The document as it was; null where there was none.</param>
    /// <param name="after">The document as it is now.</param>
    /// <param name="owners">Who owned what.</param>
    /// <param name="manager">The writer's name.</param>
    /// <param name="now">For <see cref="FieldOwner.ChangedAt"/>.</param>
    public static IReadOnlyList<FieldOwner> Replace(
        ResourceKind kind, JsonObject? before, JsonObject after, IReadOnlyList<FieldOwner> owners, string manager, DateTimeOffset now)
    {
        var names = ItemNames.Of(kind, before, after);
        FieldLeaves old = FieldLeaves.Of(kind, before, names), current = FieldLeaves.Of(kind, after, names);
        Dictionary<string, SortedSet<string>> sets = Sets(owners, old, current);
        string[] changed = [.. Written(old, current)];
        foreach (SortedSet<string> set in sets.Values) set.ExceptWith(changed);
        Of(sets, manager).UnionWith(changed);
        return List(Named(sets, kind, after, names), owners, now);
    }

    /// <summary>
    /// Who owns what after earlier values came back (an undo): every field keeps its owner, and fields that came back go to the writer that
    /// owns most, so that its next apply finds them its own.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="before">The document as it was.</param>
    /// <param name="after">The document as it is now.</param>
    /// <param name="owners">Who owned what.</param>
    /// <param name="manager">Who owns them where nobody owns anything.</param>
    /// <param name="now">For <see cref="FieldOwner.ChangedAt"/>.</param>
    public static IReadOnlyList<FieldOwner> Restore(
        ResourceKind kind, JsonObject? before, JsonObject after, IReadOnlyList<FieldOwner> owners, string manager, DateTimeOffset now)
    {
        var names = ItemNames.Of(kind, before, after);
        FieldLeaves old = FieldLeaves.Of(kind, before, names), current = FieldLeaves.Of(kind, after, names);
        Dictionary<string, SortedSet<string>> sets = Sets(owners, old, current);
        string heir = sets.Where(static owner => owner.Value.Count > 0)
            .OrderByDescending(static owner => owner.Value.Count).ThenBy(static owner => owner.Key, StringComparer.Ordinal)
            .Select(static owner => owner.Key).FirstOrDefault(manager);
        string[] unowned = [.. Written(old, current).Where(path => !sets.Values.Any(set => set.Contains(path)))];
        Of(sets, heir).UnionWith(unowned);
        return List(Named(sets, kind, after, names), owners, now);
    }

    /// <summary>The fields that two documents do not have alike, in the order of paths. Values that stand there because nothing is written count as nothing.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="before">One document; null for none.</param>
    /// <param name="after">The other.</param>
    public static IReadOnlyList<string> Changes(ResourceKind kind, JsonObject? before, JsonObject? after)
    {
        var names = ItemNames.Of(kind, before, after);
        FieldLeaves old = FieldLeaves.Of(kind, before, names), current = FieldLeaves.Of(kind, after, names);
        return [.. FieldLeaves.Differences(old, current).Where(path =>
            (old.All.TryGetValue(path, out FieldLeaf was) && !was.IsDefault) || (current.All.TryGetValue(path, out FieldLeaf now) && !now.IsDefault))];
    }

    /// <summary>How a key of a mapping is named: <c>spec.data.password</c>, <c>spec.data["tls.key"]</c>.</summary>
    /// <param name="map">The mapping's path.</param>
    /// <param name="key">The key.</param>
    public static string PathOfKey(string map, string key) => FieldPath.Key(map, key);

    /// <summary>Whether two lists of owners say the same, whenever it became so.</summary>
    public static bool SameOwners(IReadOnlyList<FieldOwner>? left, IReadOnlyList<FieldOwner>? right) =>
        (left ?? []).Count == (right ?? []).Count
        && (left ?? []).Zip(right ?? []).All(static pair => pair.First.Manager == pair.Second.Manager && pair.First.Fields.SequenceEqual(pair.Second.Fields, StringComparer.Ordinal));

    // A default that appears where nothing stood was not written by anybody.
    private static IEnumerable<string> Written(FieldLeaves before, FieldLeaves after) => FieldLeaves.Differences(before, after)
        .Where(path => after.All.TryGetValue(path, out FieldLeaf now) && (!now.IsDefault || before.All.ContainsKey(path)));

    // What was written down of the document as it was before, as far as it is there.
    private static Dictionary<string, SortedSet<string>> Sets(IReadOnlyList<FieldOwner> owners, FieldLeaves before, FieldLeaves present) =>
        owners.ToDictionary(static owner => owner.Manager, owner => new SortedSet<string>(owner.Fields.SelectMany(before.OwnedHere).Where(present.Has), StringComparer.Ordinal), StringComparer.Ordinal);

    // By what its fields are called in the document alone: an apply that changes nothing names nothing otherwise.
    private static Dictionary<string, SortedSet<string>> Named(Dictionary<string, SortedSet<string>> sets, ResourceKind kind, JsonObject document, ItemNames names)
    {
        if (!names.AreLonger) return sets;
        var fields = FieldLeaves.Of(kind, document, ItemNames.Of(kind, document));
        return sets.ToDictionary(static set => set.Key, set => new SortedSet<string>(set.Value.Select(fields.NameHere), StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static SortedSet<string> Of(Dictionary<string, SortedSet<string>> sets, string manager) =>
        sets.TryGetValue(manager, out SortedSet<string>? set) ? set : sets[manager] = new(StringComparer.Ordinal);

    private static FieldOwner[] List(Dictionary<string, SortedSet<string>> sets, IReadOnlyList<FieldOwner> before, DateTimeOffset now) =>
    [
        .. from set in sets
           where set.Value.Count > 0
           orderby set.Key
           let old = before.FirstOrDefault(owner => owner.Manager == set.Key)
           select old is not null && old.Fields.SequenceEqual(set.Value, StringComparer.Ordinal) ? old : new FieldOwner { Manager = set.Key, ChangedAt = now, Fields = [.. set.Value] },
    ];
}
