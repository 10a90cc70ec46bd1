using System.Globalization;
using Federation.Cli.Diffing;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using FsCheck;
using FsCheck.Fluent;
using Random = System.Random;

namespace Federation.Client.Tests.Cli.Applying;

/// <summary>
/// <c>diff</c> prints exactly what <c>apply</c> then changes: over histories of files from several writers, who contend for fields, take them over,
/// leave them out again, and prune what their files no longer have. Its output is taken for a patch, and applied as one.
/// </summary>
public sealed class DiffProperties
{
    private const int Cases = 20;
    private const int Longest = 5;
    private int _changes, _conflicts;

    /// <summary>One writer's turn.</summary>
    internal sealed record Turn(int Files, int Writer, bool Force, bool Prune)
    {
        public override string ToString() => $"w{Writer} applies files {Files}{(Force ? ", by force" : "")}{(Prune ? ", and prunes" : "")}";
    }

    [Fact]
    public void Diff_AnyHistory_IsExactlyWhatApplyThenDoes()
    {
        Gen<Turn> turn =
            from files in Gen.Choose(0, 100_000)
            from writer in Gen.Choose(0, 2)
            from force in Gen.Choose(0, 3)
            from prune in Gen.Choose(0, 1)
            select new Turn(files, writer, force == 0, prune == 0);
        Gen<Turn[]> history = from length in Gen.Choose(2, Longest) from turns in Gen.ArrayOf(turn, length) select turns;
        // A failure is shrunk to the turns that it takes.
        Arbitrary<Turn[]> arbitrary = Arb.From(history, static turns => turns.Length == 1 ? [] : turns.Select((_, index) => turns.Where((_, at) => at != index).ToArray()));
        Prop.ForAll(arbitrary, turns => HoldsAsync(turns).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
        // The cases are worth something only where both come up.
        Assert.True(_changes > 5 && _conflicts > 0, $"{_changes} changes, {_conflicts} conflicts");
    }

    private async Task HoldsAsync(Turn[] history)
    {
        string folder = Directory.CreateTempSubdirectory("fedctl-diff-").FullName;
        await using DeskPlane plane = await DeskPlane.StartAsync(folder);
        try
        {
            string file = Path.Combine(folder, "stack.yaml");
            foreach (Turn turn in history) await HoldsAsync(plane, file, turn);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task HoldsAsync(DeskPlane plane, string file, Turn turn)
    {
        await File.WriteAllTextAsync(file, RandomStack.Yaml(new Random(turn.Files)), Ct);
        string[] how = ["-f", file, "--stack", "shop", "--field-manager", $"w{turn.Writer}", .. turn.Force ? ["--force-conflicts"] : Array.Empty<string>(), .. turn.Prune ? ["--prune"] : Array.Empty<string>()];
        Dictionary<string, string> before = await TextsAsync(plane);

        FedctlCall diff = await plane.RunAsync(["diff", .. how]);
        Assert.Equal(before, await TextsAsync(plane));
        FedctlCall apply = await plane.RunAsync(["apply", "--no-wait", .. how, .. turn.Prune ? ["--yes"] : Array.Empty<string>()]);
        Dictionary<string, string> after = await TextsAsync(plane);

        if (apply.ExitCode == 8)
        {
            _conflicts++;
            Assert.Equal(8, diff.ExitCode);
            Assert.Equal(before, after);
            return;
        }
        Assert.True(apply.ExitCode == 0, apply.Error);
        IReadOnlyDictionary<string, string[]> files = Patch.Files(diff.Out);
        Assert.Equal(files.Count > 0 ? 1 : 0, diff.ExitCode);
        Assert.Equal(before.Keys.Union(after.Keys).Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name)).Order(StringComparer.Ordinal), files.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, changed => Assert.Equal(after.GetValueOrDefault(changed.Key, ""), Patch.Apply(before.GetValueOrDefault(changed.Key, ""), changed.Value)));
        if (files.Count > 0) _changes++;
        Assert.Equal(0, (await plane.RunAsync(["diff", .. how])).ExitCode);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Dictionary<string, string>> TextsAsync(DeskPlane plane)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ResourceKind kind in (ResourceKind[])[ResourceKind.Of<Workload>(), ResourceKind.Of<Domain.SecretMaterial.Config>(), ResourceKind.Of<Domain.Routing.Route>()])
        {
            foreach (Resource item in (await plane.Client.ListAsync(kind, ct: Ct)).Items)
                texts[string.Create(CultureInfo.InvariantCulture, $"{kind.Name.ToLowerInvariant()}/{item.Metadata.Name}")] = DiffView.Now(item);
        }
        return texts;
    }
}
