using System.Text.Json.Nodes;
using Federation.Adapters.Swarm.Services;

namespace Federation.Adapters.Swarm.Tests;

public class SpecDriftTests
{
    [Theory]
    [InlineData("""{"A":{"B":1}}""", """{"A":{"B":1,"C":2},"D":3}""", "")]
    [InlineData("""{"A":{"B":0,"E":[],"L":{}}}""", """{"A":{}}""", "")]
    [InlineData("""{"A":{"B":1}}""", """{}""", "A.B")]
    [InlineData("""{"A":{"E":["X=1"]}}""", """{"A":{"E":["X=1","Y=2"]}}""", "A.E")]
    [InlineData("""{"A":{"E":[]}}""", """{"A":{"E":["node.role==worker"]}}""", "A.E")]
    [InlineData("""{"P":[{"T":80}]}""", """{"P":[{"T":80,"Protocol":"tcp"}]}""", "")]
    [InlineData("""{"P":[{"T":80}]}""", """{"P":[{"T":81}]}""", "P")]
    [InlineData("""{"L":{"ours":"1"}}""", """{"L":{"ours":"2","theirs":"3"}}""", "L.ours")]
    [InlineData("""{"M":[{"T":"/a","B":{"Propagation":"rslave","CreateMountpoint":true}}]}""", """{"M":[{"T":"/a","B":{"Propagation":"rslave"}}]}""", "")]
    [InlineData("""{"M":[{"T":"/a","B":{"Propagation":"rslave","CreateMountpoint":true}}]}""", """{"M":[{"T":"/a","B":{"Propagation":"shared"}}]}""", "M")]
    public void Between_TellsOurFieldsAlone(string wanted, string live, string paths) =>
        Assert.Equal(paths, string.Join(',', SpecDrift.Between(Parse(wanted), Parse(live))));

    [Fact]
    public void Repaired_PutsOurFieldsInPlace_AndKeepsTheOthers()
    {
        JsonObject repaired = SpecDrift.Repaired(Parse("""{"A":{"B":1,"E":["X"]},"N":[]}"""), Parse("""{"A":{"B":2,"E":["X","Y"],"Z":9},"M":{"Q":1},"N":["c"]}"""));
        Assert.Equal("""{"A":{"B":1,"E":["X"],"Z":9},"M":{"Q":1},"N":[]}""", repaired.ToJsonString());
    }

    [Fact]
    public void Contested_AfterThreeRepairsInTenMinutes_AndNotBefore()
    {
        var time = new TestTime();
        var book = new DriftBook(time);
        for (int i = 0; i < 3; i++)
        {
            Assert.Empty(book.Contested("s", ["A.E"]));
            book.Repaired("s", ["A.E"]);
        }
        Assert.Equal(["A.E"], book.Contested("s", ["A.E", "A.B"]));
        Assert.Empty(book.Contested("other", ["A.E"]));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Empty(book.Contested("s", ["A.E"]));
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private sealed class TestTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan span) => _now += span.Ticks;
    }
}
