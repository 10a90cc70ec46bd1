using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Ownership;

namespace Federation.Manifests.Tests.Ownership;

public sealed class FieldOwnershipProperties
{
    private const int Cases = 400;

    [Fact]
    public void Apply_Again_ChangesNothing() => ForAll((random, kind, world) =>
    {
        JsonObject part = RandomParts.Of(random, kind);
        SharedDocument once = world.Applied(part, "late", force: true), twice = once.Applied(part, "late");
        Assert.Equal(once.Text, twice.Text);
        Assert.True(FieldOwnership.SameOwners(once.Owners, twice.Owners));
    });

    [Fact]
    public void Apply_Accepted_EveryWrittenFieldStandsThereAndIsOwned() => ForAll((random, kind, world) =>
    {
        JsonObject part = RandomParts.Of(random, kind);
        SharedDocument after = world.Applied(part, "late", force: true);
        var names = ItemNames.Of(kind, world.Document, part);
        FieldLeaves wanted = FieldLeaves.Of(kind, part, names), now = FieldLeaves.Of(kind, after.Document, names), alone = Alone(kind, after.Document);
        Assert.Equal(wanted.All.Keys.Select(alone.NameHere).Order(StringComparer.Ordinal), after.FieldsOf("late"));
        foreach ((string path, FieldLeaf field) in wanted.All) Assert.True(!now.All.TryGetValue(path, out FieldLeaf there) ? now.Has(path) : there.Json == field.Json, path);
    });

    [Fact]
    public void Apply_WithoutForce_NeverChangesWhatAnotherOwns() => ForAll((random, kind, world) =>
    {
        JsonObject part = RandomParts.Of(random, kind);
        var names = ItemNames.Of(kind, world.Document, part);
        FieldLeaves before = FieldLeaves.Of(kind, world.Document, names), wanted = FieldLeaves.Of(kind, part, names);
        world = world with { Owners = [.. world.Owners.Select(owner => owner with { Fields = [.. owner.Fields.Select(before.NameHere)] })] };
        string[] expected =
        [
            .. wanted.All.Where(field => before.All.TryGetValue(field.Key, out FieldLeaf old) && old.Json != field.Value.Json)
                .Select(field => field.Key).Where(path => world.Owners.Any(owner => owner.Manager != "late" && owner.Fields.Contains(path))),
        ];
        MergeOutcome outcome = world.Apply(part, "late");
        if (outcome is MergeOutcome.Clashed clashed)
        {
            Assert.Equal(expected, clashed.Clashes.Select(clash => clash.Path).Distinct());
            Assert.All(clashed.Clashes, clash => Assert.Contains(clash.Path, world.FieldsOf(clash.Owner)));
            return;
        }
        Assert.Empty(expected);
        FieldLeaves after = FieldLeaves.Of(kind, world.Applied(part, "late").Document, names);
        foreach (string path in world.Owners.Where(owner => owner.Manager != "late").SelectMany(owner => owner.Fields))
            Assert.True(before.All.TryGetValue(path, out FieldLeaf old) ? after.All[path].Json == old.Json : after.Has(path), path);
    });

    [Fact]
    public void Apply_DisjointWriters_InAnyOrder_GiveTheSame()
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            Resource whole = RandomResource.Make(random);
            ResourceKind kind = ResourceKind.Find(whole.Kind)!;
            JsonObject[] parts = RandomParts.Dealt(random, whole, 3);
            SharedDocument forth = SharedDocument.Empty(kind), back = forth;
            for (int i = 0; i < parts.Length; i++)
            {
                forth = forth.Applied(parts[i], $"w{i}");
                back = back.Applied(parts[^(i + 1)], $"w{parts.Length - 1 - i}");
            }
            FieldLeaves left = Alone(kind, forth.Document), right = Alone(kind, back.Document);
            Assert.True(left.All.SequenceEqual(right.All), $"seed {seed}\n{forth.Text}\n{back.Text}");
            Assert.True(FieldOwnership.SameOwners(forth.Owners, back.Owners), $"seed {seed}");
        }
    }

    [Fact]
    public void Apply_EveryWriterLetsGoOfEverything_LeavesTheDefaults() => ForAll((_, kind, world) =>
    {
        var nothing = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "web" } };
        foreach (string manager in world.Owners.Select(owner => owner.Manager).Append("late").ToArray()) world = world.Applied(nothing, manager);
        Assert.Empty(world.Owners);
        FieldLeaves left = Alone(kind, world.Document), bare = Alone(kind, SharedDocument.Empty(kind).Applied(nothing, "x").Document);
        Assert.Equal(bare.All, left.All);
    });

    [Fact]
    public void Apply_LetGoOfAField_LeavesEveryOtherOwnersField() => ForAll((random, kind, world) =>
    {
        SharedDocument without = world.Applied(RandomParts.Of(random, kind), world.Owners.Count > 0 ? world.Owners[0].Manager : "late", force: true);
        FieldLeaves left = Alone(kind, without.Document);
        Assert.All(without.Owners.SelectMany(owner => owner.Fields), path => Assert.True(left.Has(path), path));
    });

    [Fact]
    public void Changes_BeforeAndAfter_NameEachFieldThatDiffers() => ForAll((random, kind, world) =>
    {
        SharedDocument after = world.Applied(RandomParts.Of(random, kind), "late", force: true);
        IReadOnlyList<string> changes = FieldOwnership.Changes(kind, world.Document, after.Document);
        Assert.Equal(changes.Count == 0, FieldOwnership.Changes(kind, after.Document, world.Document).Count == 0);
        var names = ItemNames.Of(kind, world.Document, after.Document);
        FieldLeaves old = FieldLeaves.Of(kind, world.Document, names), now = FieldLeaves.Of(kind, after.Document, names);
        Assert.All(changes, path => Assert.NotEqual(old.All.GetValueOrDefault(path).Json, now.All.GetValueOrDefault(path).Json));
    });

    private static FieldLeaves Alone(ResourceKind kind, JsonObject? document) => FieldLeaves.Of(kind, document, ItemNames.Of(kind, document));

    // Each case: a resource that up to three writers have applied some fields to, each perhaps several times.
    private static void ForAll(Action<Random, ResourceKind, SharedDocument> property)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            ResourceKind kind = ResourceKind.All[random.Next(ResourceKind.All.Count)];
            SharedDocument world = SharedDocument.Empty(kind);
            for (int writes = random.Next(5); writes > 0; writes--) world = world.Applied(RandomParts.Of(random, kind), $"w{random.Next(3)}", force: true);
            try
            {
                property(random, kind, world);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {e.Message}\n{world.Text}\n{string.Join('\n', world.Owners.Select(owner => $"{owner.Manager}: {string.Join(' ', owner.Fields)}"))}");
            }
        }
    }
}
