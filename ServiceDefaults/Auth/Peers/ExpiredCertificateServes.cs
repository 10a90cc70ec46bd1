namespace Federation.ServiceDefaults.Auth;

/// <summary>On a method's endpoint: an expired client certificate serves too, within <see cref="Security.Authority.PlaneTrust.RenewalGrace"/>. For renewal alone.</summary>
public sealed class ExpiredCertificateServes;
