using System.Diagnostics;
using System.Text;
using Federation.Manifests.Reading;

namespace Federation.Manifests.Tests;

/// <summary>Input made to hurt: it is refused within bounds, or read like any other, and never throws.</summary>
public sealed class HostileInputTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Namespaces(int count, string description) =>
        string.Join("---\n", Enumerable.Range(0, count).Select(i => $"apiVersion: federation/v1\nkind: Namespace\nmetadata:\n  name: n{i}\nspec:\n  description: \"{description}\"\n"));

    [Fact]
    public void Read_FileAboveTheLimit_IsRefused()
    {
        string text = Namespaces(1, new string('x', 5 << 20));
        Assert.Equal("a file has at most 4194304 bytes", Assert.Single(Manifest.Errors(text)).Rule);
    }

    [Fact]
    public async Task ReadAsync_EndlessStream_IsRefusedWithoutReadingItToTheEnd()
    {
        await using var endless = new EndlessStream();
        ReadOutcome outcome = await ResourceReader.ReadAsync(endless, "-", ct: TestContext.Current.CancellationToken);
        Assert.Equal("a file has at most 4194304 bytes", Assert.Single(Assert.IsType<ReadOutcome.Refused>(outcome).Errors).Rule);
        Assert.True(endless.Served < 5 << 20);
    }

    [Fact]
    public void Read_LargeHonestStack_IsAccepted() => Assert.Equal(1000, Manifest.All(Namespaces(1000, new string('x', 1500))).Count);

    [Fact]
    public void Read_TooManyDocuments_IsRefused() => Assert.Contains(Manifest.Errors(Namespaces(1001, "x")), error => error.Rule == "a file has at most 1000 documents");

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("!a ")]
    [InlineData("&a ")]
    [InlineData("{\"a\":")]
    [InlineData("[{\"a\":")]
    [InlineData("'")]
    [InlineData("\"a\\")]
    [InlineData("a: b: ")]
    [InlineData("*a ")]
    [InlineData("---\n")]
    [InlineData("\n")]
    [InlineData("\t")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("%YAML 1.2\n")]
    [InlineData("#")]
    [InlineData("|\n ")]
    public void Read_OneTokenAMillionTimes_IsRefusedInTime(string token)
    {
        string text = string.Concat(Enumerable.Repeat(token, (1 << 20) / token.Length));
        foreach (InputFormat format in Enum.GetValues<InputFormat>()) RefusedInTime(text, format);
        RefusedInTime("[" + text, InputFormat.Auto);
    }

    private static void RefusedInTime(string text, InputFormat format)
    {
        var watch = Stopwatch.StartNew();
        Assert.NotEmpty(Manifest.Errors(text, format));
        Assert.True(watch.Elapsed < Patience, $"took {watch.Elapsed}");
    }

    [Fact]
    public void Read_ManyValues_IsRefused() => Assert.Contains(Manifest.Errors($"a: [{string.Concat(Enumerable.Repeat("1,", 400_000))}]"), error => error.Rule == "a file has at most 300000 values");

    [Fact]
    public void Read_AliasesOfAliases_AreCountedBeforeTheyAreExpanded()
    {
        var bomb = new StringBuilder("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
        for (int i = 1; i < 60; i++) bomb.Append($"x{i}: &x{i} [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 10))}]\n");
        Assert.Contains(Manifest.Errors(bomb.ToString()), error => error.Rule.StartsWith("the aliases of a file repeat", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_AliasThatDeepensBeyondTheLimit_IsRefused()
    {
        var text = new StringBuilder("x0: &x0 a\n");
        for (int i = 1; i < 100; i++) text.Append($"x{i}: &x{i} [*x{i - 1}]\n");
        Assert.Contains(Manifest.Errors(text.ToString()), error => error.Rule.StartsWith("values are nested", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_ManyPorts_AreCheckedInTime()
    {
        var watch = Stopwatch.StartNew();
        string ports = string.Join(", ", Enumerable.Range(0, 60_000).Select(i => $"{{name: p{i}}}"));
        Manifest.All(Manifest.Workload($"ports: [{ports}]"));
        Assert.True(watch.Elapsed < Patience, $"took {watch.Elapsed}");
    }

    [Fact]
    public void Read_MutatedExamples_NeverThrows()
    {
        byte[][] seeds =
        [
            .. RepositoryFiles.Under("examples/shop").Concat(RepositoryFiles.Under("examples/hello")).Select(path => File.ReadAllBytes(RepositoryFiles.Full(path))),
            .. RepositoryFiles.Under("examples/malformed").Select(path => File.ReadAllBytes(RepositoryFiles.Full(path))),
        ];
        byte[] special = "{}[]:,-?&*!|>'\"%@`# \n\t\r\\0123<~"u8.ToArray();
        var random = new Random(20260721);
        int refused = 0;
        for (int round = 0; round < 4000; round++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToList();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(bytes.Count + 1);
                switch (random.Next(4))
                {
                    case 0: bytes.Insert(at, special[random.Next(special.Length)]); break;
                    case 1 when at < bytes.Count: bytes.RemoveAt(at); break;
                    case 2 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                    default: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count + 1)).Take(random.Next(40)).ToArray()); break;
                }
            }
            try
            {
                if (ResourceReader.Read(bytes.ToArray(), "fuzz", (InputFormat)random.Next(3)) is ReadOutcome.Refused { Errors.Count: > 0 }) refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"round {round}: {e}\n{Convert.ToBase64String([.. bytes])}");
            }
        }
        Assert.True(refused > 1000);
    }

    private sealed class EndlessStream : Stream
    {
        public long Served { get; private set; }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => Served; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'#');
            Served += count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
