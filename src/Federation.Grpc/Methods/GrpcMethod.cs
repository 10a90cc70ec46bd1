using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Federation.Grpc.Methods;

/// <summary>One method of a service, checked against its .proto descriptor: the same value serves the client and the server.</summary>
/// <typeparam name="TRequest">What the client sends.</typeparam>
/// <typeparam name="TResponse">What the server sends.</typeparam>
public sealed class GrpcMethod<TRequest, TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private GrpcMethod(MethodDescriptor descriptor, MessageParser<TRequest> requests, MessageParser<TResponse> responses)
    {
        Descriptor = descriptor;
        RequestParser = requests;
        ResponseParser = responses;
        Path = $"/{descriptor.Service.FullName}/{descriptor.Name}";
        Kind = (descriptor.IsClientStreaming, descriptor.IsServerStreaming) switch
        {
            (false, false) => GrpcMethodKind.Unary,
            (true, false) => GrpcMethodKind.ClientStreaming,
            (false, true) => GrpcMethodKind.ServerStreaming,
            (true, true) => GrpcMethodKind.Duplex,
        };
    }

    /// <summary>The HTTP path, <c>/package.Service/Method</c>.</summary>
    public string Path { get; }

    /// <summary>Which side streams.</summary>
    public GrpcMethodKind Kind { get; }

    /// <summary>The method's descriptor.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>Parses requests.</summary>
    public MessageParser<TRequest> RequestParser { get; }

    /// <summary>Parses responses.</summary>
    public MessageParser<TResponse> ResponseParser { get; }

    /// <summary>Finds a method in its service's descriptor.</summary>
    /// <exception cref="ArgumentException">The service has no such method, or it takes or returns other messages.</exception>
    public static GrpcMethod<TRequest, TResponse> Of(
        ServiceDescriptor service, string name, MessageParser<TRequest> requests, MessageParser<TResponse> responses)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(responses);
        MethodDescriptor method = service.FindMethodByName(name)
            ?? throw new ArgumentException($"{service.FullName} has no method {name}; it has {string.Join(", ", service.Methods.Select(m => m.Name))}", nameof(name));
        if (method.InputType.ClrType != typeof(TRequest))
            throw new ArgumentException($"{method.FullName} takes {method.InputType.FullName}, not {typeof(TRequest).Name}", nameof(requests));
        if (method.OutputType.ClrType != typeof(TResponse))
            throw new ArgumentException($"{method.FullName} returns {method.OutputType.FullName}, not {typeof(TResponse).Name}", nameof(responses));
        return new GrpcMethod<TRequest, TResponse>(method, requests, responses);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Path} ({Kind})";

    internal void Require(GrpcMethodKind kind)
    {
        if (Kind != kind)
            throw new ArgumentException($"{Path} is {Kind}, not {kind}");
    }
}
