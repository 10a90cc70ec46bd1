using System.Text;
using System.Text.Json;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Tests.Client;

public class SharedTextTests
{
    [Fact]
    public void Texts_ThatRecur_AreOneObject_AsKeysAndAsValues()
    {
        ObjectMeta one = Read("the-key", "the-value"), other = Read("the-key", "the-value");
        Assert.Same(one.Labels!.Keys.Single(), other.Labels!.Keys.Single());
        Assert.Same(one.Labels!["the-key"], other.Labels!["the-key"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("größer")]
    [InlineData("a \"quoted\" \\ and\nbroken one")]
    [InlineData("😀")]
    public void Texts_OfAnyKind_AreReadAsTheyAre(string text)
    {
        for (int times = 0; times < 2; times++) Assert.Equal(text, Read(text, text).Labels![text]);
    }

    [Fact]
    public void Texts_ByTheThousand_AreNeverTakenForEachOther()
    {
        for (int number = 0; number < 20_000; number++) Assert.Equal($"value-{number}", Read($"key-{number % 10}", $"value-{number}").Labels![$"key-{number % 10}"]);
        string text = new('x', 10_000);
        Assert.Equal(text, Read("long", text).Labels!["long"]);
    }

    private static ObjectMeta Read(string key, string value)
    {
        string json = JsonSerializer.Serialize(new { metadata = new { name = "n", labels = new Dictionary<string, string> { [key] = value } } });
        return JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), FollowedJson.Default.Pod)!.Metadata;
    }
}
