using Federation.Gateway.Upstreams;
using Federation.Tunnel.Dialing;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Forwarding;

/// <summary>How far a failed try came.</summary>
public enum FailedTry
{
    /// <summary>Nothing of the request was sent.</summary>
    NotSent,

    /// <summary>Some of it may have been sent, and it may have been executed.</summary>
    MaybeExecuted,

    /// <summary>The caller is gone, or its request is at fault: nothing more is to be tried.</summary>
    CallersEnd,
}

/// <summary>Tells from the forwarder's error how far a try came.</summary>
public static class FailedTries
{
    /// <summary>Classifies a failure.</summary>
    public static FailedTry Classify(HttpContext context, ForwarderError error, Exception? exception)
    {
        if (context.RequestAborted.IsCancellationRequested) return FailedTry.CallersEnd;
        if (error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.RequestCreation or ForwarderError.RequestCanceled
            or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient or ForwarderError.ResponseBodyClient)
        {
            return FailedTry.CallersEnd;
        }
        return NotReached(exception) ? FailedTry.NotSent : FailedTry.MaybeExecuted;
    }

    private static bool NotReached(Exception? exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is NotReachedException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }) return true;
        }
        return TunnelConnectCallback.IsRefused(exception);
    }
}
