using Federation.Grpc.Methods;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Microsoft.AspNetCore.Routing;
using ServingStatus = Federation.Grpc.HealthChecks.HealthCheckResponse.Types.ServingStatus;

namespace Federation.Grpc.HealthChecks;

/// <summary>The standard health service: what this process says of its services. The empty name speaks of the process as a whole. Safe for concurrent use.</summary>
public sealed class GrpcHealth
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal) { [""] = ServingStatus.Serving };
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary><c>grpc.health.v1.Health/Check</c>.</summary>
    public static GrpcMethod<HealthCheckRequest, HealthCheckResponse> Check { get; } = Method(nameof(Check));

    /// <summary><c>grpc.health.v1.Health/Watch</c>.</summary>
    public static GrpcMethod<HealthCheckRequest, HealthCheckResponse> Watch { get; } = Method(nameof(Watch));

    /// <summary>Says how a service does; watchers are told.</summary>
    public void Set(string service, ServingStatus status)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_statuses.TryGetValue(service, out ServingStatus old) && old == status)
                return;
            _statuses[service] = status;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
    }

    /// <summary>Maps the service.</summary>
    public void Map(IEndpointRouteBuilder endpoints, AllowedPeers peers)
    {
        endpoints.MapGrpcUnary(Check, peers, (request, _) => Current(request.Service).Status is { } status and not ServingStatus.ServiceUnknown
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(StatusCode.NotFound, $"there is no service {request.Service}"));
        endpoints.MapGrpcServerStream(Watch, peers, WatchAsync);
    }

    private async Task WatchAsync(HealthCheckRequest request, IMessageStream<HealthCheckResponse, HealthCheckRequest> stream, GrpcServerCall call)
    {
        ServingStatus? told = null;
        while (true)
        {
            (ServingStatus status, Task changed) = Current(request.Service);
            if (status != told)
                await stream.SendAsync(new HealthCheckResponse { Status = status }, call.CancellationToken).ConfigureAwait(false);
            told = status;
            await changed.WaitAsync(call.CancellationToken).ConfigureAwait(false);
        }
    }

    private (ServingStatus Status, Task Changed) Current(string service)
    {
        lock (_gate)
            return (_statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown), _changed.Task);
    }

    private static GrpcMethod<HealthCheckRequest, HealthCheckResponse> Method(string name) => GrpcMethod<HealthCheckRequest, HealthCheckResponse>.Of(
        GrpcHealthReflection.Descriptor.Services.Single(), name, HealthCheckRequest.Parser, HealthCheckResponse.Parser);
}
