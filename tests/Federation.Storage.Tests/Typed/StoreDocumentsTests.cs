using Federation.Domain.Chance;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Storage.Logs;

namespace Federation.Storage.Tests.Typed;

public sealed class StoreDocumentsTests
{
    private static readonly DocumentKey Key = new("Namespace", "shop/web");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Namespace Web => new() { Metadata = new() { Name = "web", Labels = new Dictionary<string, string> { ["team"] = "shop" } }, Spec = new() };

    [Fact]
    public async Task Read_WhatWasWritten_IsTheSameRecord()
    {
        await using var store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Cancel);
        await store.CommitAsync(new() { Writes = [StoreWrite.Of(Key, Web)] }, Cancel);
        var read = store.Current.Read<Namespace>(Key)!;
        Assert.Equal("web", read.Metadata.Name);
        Assert.Equal("shop", read.Metadata.Labels!["team"]);
        Assert.Null(store.Current.Read<Namespace>(Key with { Key = "none" }));
    }

    [Fact]
    public async Task Write_AsTheBaseRecord_KeepsTheSpec()
    {
        await using var store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Cancel);
        Resource resource = Web;
        await store.CommitAsync(new() { Writes = [StoreWrite.Of(Key, resource)] }, Cancel);
        Assert.NotNull(store.Current.Read<Namespace>(Key)!.Spec);
    }

    [Fact]
    public async Task Read_OneStateTwice_IsDecodedOnceAndANewStateAnew()
    {
        await using var store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Cancel);
        await store.CommitAsync(new() { Writes = [StoreWrite.Of(Key, Web)] }, Cancel);
        var first = store.Current.Read<Namespace>(Key);
        Assert.Same(first, store.Current.Read<Namespace>(Key));
        Assert.Same(first, Assert.Single(store.Current.ReadAll<Namespace>("Namespace", "shop/")));
        await store.CommitAsync(new() { Writes = [StoreWrite.Of(Key, Web with { Metadata = Web.Metadata with { Labels = null } })] }, Cancel);
        Assert.Null(store.Current.Read<Namespace>(Key)!.Metadata.Labels);
        Assert.NotNull(first!.Metadata.Labels);
    }

    [Fact]
    public async Task Read_AnotherType_NamesTheDocument()
    {
        await using var store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Cancel);
        await store.CommitAsync(new() { Writes = [new(Key, "[]"u8.ToArray())] }, Cancel);
        var thrown = Assert.Throws<StoreDocumentException>(() => store.Current.Read<Verdict>(Key));
        Assert.Contains("Namespace:shop/web at revision 1 is no Verdict", thrown.Message, StringComparison.Ordinal);
    }
}
