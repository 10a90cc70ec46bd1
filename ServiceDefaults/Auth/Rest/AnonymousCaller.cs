namespace Federation.ServiceDefaults.Auth;

/// <summary>An endpoint that demands no token.</summary>
/// <param name="Reason">Why that is right.</param>
public sealed record AnonymousCaller(string Reason);
