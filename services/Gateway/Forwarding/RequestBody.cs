using Microsoft.AspNetCore.Http.Features;

namespace Federation.Gateway.Forwarding;

/// <summary>A request's body with regard to trying again: none, kept whole in memory because it is small, or streamed and gone once it was sent.</summary>
public sealed class RequestBody
{
    /// <summary>The largest body that is kept.</summary>
    public const int LargestKept = 64 * 1024;

    private readonly byte[]? _kept;

    private RequestBody(bool replayable, byte[]? kept)
    {
        Replayable = replayable;
        _kept = kept;
    }

    /// <summary>Whether it can be sent once more after some of it was sent.</summary>
    public bool Replayable { get; }

    /// <summary>Looks at a request's body; keeps it if asked to and if it is small and of known length.</summary>
    public static async Task<RequestBody> TakeAsync(HttpContext context, bool keep)
    {
        bool present = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (!present) return new RequestBody(true, null);
        if (!keep || context.Request.ContentLength is not (>= 0 and <= LargestKept)) return new RequestBody(false, null);
        byte[] kept = new byte[context.Request.ContentLength.Value];
        await context.Request.Body.ReadExactlyAsync(kept, context.RequestAborted);
        return new RequestBody(true, kept);
    }

    /// <summary>Puts the body in place for the next try.</summary>
    public void Rewind(HttpContext context)
    {
        if (_kept is not null) context.Request.Body = new MemoryStream(_kept, writable: false);
    }
}
