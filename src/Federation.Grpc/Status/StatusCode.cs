namespace Federation.Grpc.Status;

/// <summary>The status codes of gRPC (grpc/doc/statuscodes.md).</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>A fault that says nothing more.</summary>
    Unknown = 2,

    /// <summary>The request makes no sense, whatever the state of the server.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed; the call may have had its effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known, and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or limit is used up; also: a message is too large.</summary>
    ResourceExhausted = 8,

    /// <summary>The server's state does not allow it; trying again alone does not help.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrent change won; read again and retry.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The server has no such method or encoding.</summary>
    Unimplemented = 12,

    /// <summary>A broken invariant, for example of the protocol itself.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached or is not ready: try again.</summary>
    Unavailable = 14,

    /// <summary>Data are lost or corrupt.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
