using System.Diagnostics;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Gateway.Traffic;
using Federation.Gateway.Upstreams;
using Federation.Routing.Choice;
using Federation.Routing.Documents;
using Federation.Routing.Tables;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Forwarding;

/// <summary>
/// Brings a request to a ready replica of a workload. A try that sent nothing is made again elsewhere, whatever the method; one that may have been
/// executed only if the method is idempotent, its body is at hand and no answer has begun. Where nothing can be reached the request is held for a
/// moment: a tunnel that reconnects or a table that changes may yet serve it. A GET or HEAD that a revision on trial answers with 500 or above is
/// asked for again of an older one, so that no caller sees it.
/// </summary>
public sealed class ServiceForwarder(GatewayTable table, UpstreamPool upstreams, TrafficBook traffic, RouteTraffic routes, IHttpForwarder forwarder, TimeProvider time)
{
    private const int MostTries = 8;
    private const int MostExecutions = 3;
    private const string Destination = "http://replica";
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly long _epoch = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    /// <summary>Forwards the request and answers it, with a problem if it must be.</summary>
    public async Task ForwardAsync(HttpContext context, ForwardTarget target)
    {
        TimeSpan started = Now;
        RequestId.Ensure(context);
        GatewayMetrics.Began(target.Route);
        if (ForwardSpans.Enabled) Activity.Current?.SetTag("federation.route", target.Route);
        try
        {
            await TryAllAsync(context, target, started + Hold);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away while its body was read.
            return;
        }
        finally
        {
            GatewayMetrics.Ended(target.Route);
        }
        TimeSpan took = Now - started;
        GatewayMetrics.Served(target.Route, context.Response.StatusCode, took);
        // Calls of workloads to each other are no route's, and a WebSocket's end is no answer.
        if (target.Near is null && context.Response.StatusCode != StatusCodes.Status101SwitchingProtocols) routes.Note(target.Route, target.Service, context.Response.StatusCode, took);
    }

    private async Task TryAllAsync(HttpContext context, ForwardTarget target, TimeSpan holdUntil)
    {
        bool idempotent = IsIdempotent(context.Request.Method) && !IsUpgrade(context);
        RequestBody body = await RequestBody.TakeAsync(context, idempotent);
        bool repeatable = body.Replayable && !IsUpgrade(context) && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
        string key = target.Service.ToString();
        var tried = new List<ReplicaId>();
        string failure = "";
        int executions = 0;
        for (int tries = 0; tries < MostTries && !context.RequestAborted.IsCancellationRequested;)
        {
            Task changed = table.Changed;
            RoutedService? service = table.Current.FindService(key);
            var wish = new ChoiceWish(target.Port, target.Near, tried, repeatable);
            if (service is null || EndpointChoice.Choose(service, wish, Now) is not { } endpoint)
            {
                // A service that has no endpoint at all is not waited for: that is how it stands, not a moment of change.
                if (service is null || service.Endpoints.IsEmpty || Now >= holdUntil)
                {
                    await NoEndpointAsync(context, target, service, failure);
                    return;
                }
                await HoldAsync(changed, context.RequestAborted);
                tried.Clear();
                continue;
            }
            tries++;
            body.Rewind(context);
            bool holdBack = repeatable && endpoint.Endpoint.Trial && executions + 1 < MostExecutions && EndpointChoice.HasOther(service, wish);
            // Who can be answered by somebody else need not wait for a node that stands still.
            bool leaveable = idempotent && body.Replayable && executions + 1 < MostExecutions && EndpointChoice.HasOtherNode(service, wish, endpoint.Endpoint.Node);
            (ForwarderError error, Exception? exception, bool left) = await TryAsync(context, service, endpoint, wish, holdBack, leaveable, tries);
            if (error == ForwarderError.None && !(holdBack && context.Response.StatusCode >= 500)) return;
            if (error == ForwarderError.None)
            {
                failure = $"a replica on trial answered {context.Response.StatusCode}";
                executions++;
                TryElsewhere(context, target, tried, endpoint, "Trial");
                continue;
            }
            FailedTry failed = left && !context.RequestAborted.IsCancellationRequested ? FailedTry.MaybeExecuted : FailedTries.Classify(context, error, exception);
            failure = left ? $"node {endpoint.Endpoint.Node} stands still" : exception?.Message ?? error.ToString();
            if (failed == FailedTry.CallersEnd || context.Response.HasStarted) return;
            // A request that ends every replica that takes it must not be carried through all of them.
            if (failed == FailedTry.MaybeExecuted && (!(idempotent && body.Replayable) || ++executions >= MostExecutions))
            {
                await BrokenAsync(context, target, failure);
                return;
            }
            TryElsewhere(context, target, tried, endpoint, failed.ToString());
        }
        await BrokenAsync(context, target, failure);
    }

    private static void TryElsewhere(HttpContext context, ForwardTarget target, List<ReplicaId> tried, RoutedEndpoint endpoint, string reason)
    {
        tried.Add(endpoint.Endpoint.Replica);
        context.Response.Clear();
        RequestId.Echo(context);
        GatewayMetrics.Retried(target.Route, reason);
    }

    private async Task<(ForwarderError Error, Exception? Exception, bool Left)> TryAsync(
        HttpContext context, RoutedService service, RoutedEndpoint endpoint, ChoiceWish wish, bool holdBack, bool leaveable, int number)
    {
        EndpointPort port = endpoint.Port(wish.Port)!;
        Upstream upstream = upstreams.Enter(service.Key, endpoint.Endpoint, port);
        endpoint.State.Begin();
        using Activity? span = ForwardSpans.StartTry(service.Key, endpoint.Endpoint.Node, endpoint.Endpoint.Replica, number);
        using CancellationTokenSource? leaving = leaveable ? new() : null;
        using CancellationTokenRegistration standstill = leaving is null ? default : LeaveAtStandstill(context, endpoint.Reach, leaving);
        try
        {
            ForwarderError error = await forwarder.SendAsync(context, Destination, upstream.Invoker, upstream.Config, ForwardTransformer.For(holdBack, upstream.Traced), leaving?.Token ?? CancellationToken.None);
            if (error == ForwarderError.None)
            {
                endpoint.State.Succeeded();
                endpoint.Reach.Answered(time.GetTimestamp());
                traffic.Note(service, endpoint, wish.Repeatable, context.Response.StatusCode < 500 ? null : $"answered {context.Response.StatusCode}", Now);
                return (error, null, false);
            }
            span?.SetStatus(ActivityStatusCode.Error, error.ToString());
            Exception? exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
            if (leaving is { IsCancellationRequested: true }) return (error, exception, true);
            FailedTry failed = FailedTries.Classify(context, error, exception);
            if (failed == FailedTry.NotSent) endpoint.State.ConnectFailed(Now);
            if (failed != FailedTry.CallersEnd) traffic.Note(service, endpoint, wish.Repeatable, failed == FailedTry.NotSent ? "found no connection" : "lost their answer", Now);
            return (error, exception, false);
        }
        finally
        {
            ForwardSpans.EndTry(span);
            endpoint.State.End();
            upstream.Leave();
        }
    }

    // An answer that has begun is waited for to its end.
    private static CancellationTokenRegistration LeaveAtStandstill(HttpContext context, NodeReach reach, CancellationTokenSource leaving) =>
        reach.Standstill.UnsafeRegister(static state =>
        {
            (HttpContext context, CancellationTokenSource leaving) = ((HttpContext, CancellationTokenSource))state!;
            if (!context.Response.HasStarted) leaving.Cancel();
        }, (context, leaving));

    private async Task HoldAsync(Task changed, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(LookAgain, time, ending.Token));
        await ending.CancelAsync();
    }

    private static Task NoEndpointAsync(HttpContext context, ForwardTarget target, RoutedService? service, string failure)
    {
        string detail = service is null
            ? $"workload {target.Service.Namespace}/{target.Service.Name} is not known"
            : service.Endpoints.IsEmpty
                ? $"workload {target.Service.Namespace}/{target.Service.Name} has no ready replica"
                : $"no ready replica of {target.Service.Namespace}/{target.Service.Name} can be reached{(target.Port is { } port ? $" at port {port}" : "")}{(failure.Length > 0 ? $"; the last try failed: {failure}" : "")}";
        return context.WriteProblemAsync(503, ProblemTypes.Unavailable, "No replica can answer", detail, retryAfterSeconds: 1);
    }

    private static Task BrokenAsync(HttpContext context, ForwardTarget target, string failure) => context.WriteProblemAsync(
        502, ProblemTypes.Unavailable, "The replica's answer was lost",
        $"a replica of {target.Service.Namespace}/{target.Service.Name} took the request and its connection broke before it answered, so the request may have been executed: {failure}");

    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsTrace(method);

    private static bool IsUpgrade(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true;
}
