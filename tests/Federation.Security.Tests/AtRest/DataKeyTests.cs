using System.Security.Cryptography;
using Federation.Security.AtRest;

namespace Federation.Security.Tests.AtRest;

public sealed class DataKeyTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly byte[] _content = "hunter2"u8.ToArray();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Decrypt_AtItsAddress_GivesTheContent()
    {
        using KeyRing ring = KeyRing.Create(_folder.File("kek"));
        using DataKey made = DataKey.Create("shop");
        byte[] box = made.Encrypt(_content, "Secret/shop/default/db/1");
        using DataKey opened = DataKey.Unwrap(KeyRing.Load(ring.Path), made.Wrap(ring.Current));
        Assert.Equal(made.Id, DataKey.IdOf(box));
        Assert.Equal(_content, opened.Decrypt(box, "Secret/shop/default/db/1"));
        Assert.Throws<CryptographicException>(() => opened.Decrypt(box, "Secret/shop/default/db/2"));
    }

    [Fact]
    public void Decrypt_AnyByteChanged_Fails()
    {
        using DataKey key = DataKey.Create("shop");
        byte[] box = key.Encrypt(_content, "a");
        for (int i = 0; i < box.Length; i++)
        {
            byte[] changed = [.. box];
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => key.Decrypt(changed, "a"));
        }
    }

    [Fact]
    public void Unwrap_WithAnotherKey_NamesTheFileAndSaysNothingIsDamaged()
    {
        using KeyRing right = KeyRing.Create(_folder.File("right"));
        using KeyRing wrong = KeyRing.Create(_folder.File("wrong"));
        using DataKey key = DataKey.Create("shop");
        KeyRingException error = Assert.Throws<KeyRingException>(() => DataKey.Unwrap(wrong, key.Wrap(right.Current)));
        Assert.Contains(wrong.Path, error.Message);
        Assert.Contains("Nothing is damaged", error.Message);
    }

    [Fact]
    public void Unwrap_AsAnotherScopesKey_Fails()
    {
        using KeyRing ring = KeyRing.Create(_folder.File("kek"));
        using DataKey key = DataKey.Create("shop");
        Assert.Throws<KeyRingException>(() => DataKey.Unwrap(ring, key.Wrap(ring.Current) with { Scope = "other" }));
    }

    [Fact]
    public void Rotation_CutAfterEachStep_LosesNothing()
    {
        string path = _folder.File("kek");
        using KeyRing first = KeyRing.Create(path);
        using DataKey key = DataKey.Create("shop");
        byte[] box = key.Encrypt(_content, "a");
        WrappedDataKey old = key.Wrap(first.Current);

        using KeyRing both = first.WithNewKey();
        Assert.NotEqual(first.Current.Id, both.Current.Id);
        WrappedDataKey renewed = DataKey.Unwrap(KeyRing.Load(path), old).Wrap(both.Current);
        Assert.Equal(_content, DataKey.Unwrap(KeyRing.Load(path), old).Decrypt(box, "a"));
        Assert.Equal(_content, DataKey.Unwrap(KeyRing.Load(path), renewed).Decrypt(box, "a"));

        using KeyRing only = both.OnlyCurrent();
        Assert.Equal(1, KeyRing.Load(path).Count);
        Assert.Equal(_content, DataKey.Unwrap(KeyRing.Load(path), renewed).Decrypt(box, "a"));
        Assert.Throws<KeyRingException>(() => DataKey.Unwrap(KeyRing.Load(path), old));
    }

    [Fact]
    public void Load_BadFiles_NamesTheFileAndTheRule()
    {
        string path = _folder.File("kek");
        Assert.Contains(path, Assert.Throws<KeyRingException>(() => KeyRing.Load(path)).Message);
        foreach (string content in new[] { "", "\n\n", "not base64!\n", Convert.ToBase64String(new byte[31]) + "\n", Convert.ToBase64String(new byte[33]) })
        {
            File.WriteAllText(path, content);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Contains(path, Assert.Throws<KeyRingException>(() => KeyRing.Load(path)).Message);
        }
        File.WriteAllText(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<KeyRingException>(() => KeyRing.Load(path)).Message);
    }

    [Fact]
    public void Load_RawAndTextForms_AreTheSameKey()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        string raw = Private("raw", key);
        string text = Private("text", System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\r\n"));
        Assert.Equal(KeyRing.Load(raw).Current.Id, KeyRing.Load(text).Current.Id);
    }

    private string Private(string name, byte[] content)
    {
        File.WriteAllBytes(_folder.File(name), content);
        File.SetUnixFileMode(_folder.File(name), UnixFileMode.UserRead);
        return _folder.File(name);
    }
}
