using Federation.Domain.Identifiers;
using Federation.Routing.Persistence;
using Federation.Routing.Tables;
using Federation.TestKit.Time;
using static Federation.Routing.Tests.TableSamples;

namespace Federation.Routing.Tests;

public class LastTableTests
{
    private static readonly byte[] Kept = Keep();

    [Fact]
    public void Read_WhatWasWritten_ServesTheSame()
    {
        LastTable table = Assert.IsType<LastTableOutcome.Read>(LastTableFormat.Read(Kept)).Table;
        var builder = new RouteTableBuilder(new SeededChance(2));
        RouteTable restored = table.Restore(builder);
        Assert.Equal(["r1", "r2"], restored.Match("shop.localhost", "/x").Service!.Replicas());

        // The first history after the restart confirms nothing yet: all of it is kept until then.
        builder.BeginHistory();
        Assert.Equal(["r1", "r2"], builder.Commit().Match("shop.localhost", "/x").Service!.Replicas());
        builder.Put(Route("shop.localhost"));
        builder.Put(Service("default/default/web"));
        builder.SetComplete(true);
        builder.Reported(NodeKey.Parse("a/n1"));
        Assert.Equal(["r2"], builder.Commit().Match("shop.localhost", "/x").Service!.Replicas());
    }

    [Fact]
    public void Read_AnyByteChangedOrCutOff_IsDamaged()
    {
        for (int i = 0; i < Kept.Length; i++)
        {
            byte[] changed = [.. Kept];
            changed[i] ^= 1;
            Assert.IsType<LastTableOutcome.Damaged>(LastTableFormat.Read(changed));
            Assert.IsType<LastTableOutcome.Damaged>(LastTableFormat.Read(Kept.AsSpan(0, i)));
        }
    }

    private static byte[] Keep()
    {
        var builder = new RouteTableBuilder(new SeededChance(1));
        builder.Put(Route("shop.localhost"));
        builder.Put(Service("default/default/web", ("r1", "a/n1"), ("r2", "b/n1")));
        return LastTableFormat.Write(LastTable.Of(builder.Commit()));
    }
}
