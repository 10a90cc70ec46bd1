namespace Federation.Security.Enrollment;

/// <summary>Identity refused to issue a certificate, or this machine refused the plane; the message says why and what would help.</summary>
public sealed class EnrollmentRefusedException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
