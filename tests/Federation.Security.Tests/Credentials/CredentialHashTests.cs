using Federation.Security.Credentials;

namespace Federation.Security.Tests.Credentials;

public sealed class CredentialHashTests
{
    [Fact]
    public void Verify_OnlyTheRightSecretOfAKnownSubject_Passes()
    {
        string secret = CredentialHash.NewSecret();
        string hash = CredentialHash.Hash("ci", secret);
        Assert.DoesNotContain(secret, hash);
        Assert.NotEqual(hash, CredentialHash.Hash("ci", secret));
        Assert.True(CredentialHash.Verify("ci", hash, secret));
        Assert.False(CredentialHash.Verify("ci", hash, secret + "x"));
        Assert.False(CredentialHash.Verify("ci", hash, ""));
        Assert.False(CredentialHash.Verify("nobody", null, secret));
    }
}
