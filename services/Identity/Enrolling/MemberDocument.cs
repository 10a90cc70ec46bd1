namespace Federation.Identity.Enrolling;

/// <summary>A machine of the plane, under its <c>agent/CLUSTER/NODE</c> or <c>service/NAME</c>.</summary>
/// <param name="KeyHash">SHA-256 of the machine's public key: only it may renew.</param>
/// <param name="Serial">The newest certificate's serial number.</param>
/// <param name="NotAfter">The newest certificate's end.</param>
internal sealed record MemberDocument(string KeyHash, string Serial, DateTimeOffset NotAfter);
