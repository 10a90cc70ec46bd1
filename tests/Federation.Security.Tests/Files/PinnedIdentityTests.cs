using Federation.Security.Files;

namespace Federation.Security.Tests.Files;

/// <summary>Whom somebody dealt with first.</summary>
public sealed class PinnedIdentityTests
{
    [Fact]
    public void Keep_IsKnownToWhoeverComesLater_UntilTheFileIsMovedAway()
    {
        using var folder = new TestFolder();
        string path = Path.Combine(folder.Path, "journal", "cluster");
        var pin = new PinnedIdentity(path);
        Assert.Null(pin.Kept);
        pin.Keep("first");
        Assert.Equal("first", pin.Kept);
        Assert.Equal("first", new PinnedIdentity(path).Kept);
        Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(path));
        File.Move(path, path + ".old");
        Assert.Null(new PinnedIdentity(path).Kept);
    }

    [Fact]
    public void Keep_OverAnother_IsRefused()
    {
        using var folder = new TestFolder();
        new PinnedIdentity(folder.File("cluster")).Keep("first");
        Assert.Throws<InvalidOperationException>(() => new PinnedIdentity(folder.File("cluster")).Keep("second"));
    }

    [Fact]
    public void Keep_WhereNothingCanBeWritten_SaysSoAndKeepsNothing()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("file"), "");
        var pin = new PinnedIdentity(Path.Combine(folder.File("file"), "cluster"));
        Assert.ThrowsAny<IOException>(() => pin.Keep("first"));
        Assert.Null(pin.Kept);
    }
}
