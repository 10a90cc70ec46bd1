using Federation.Grpc.Framing;
using Federation.Grpc.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Federation.Grpc.Server;

/// <summary>
/// A gRPC client that asks for a method nobody maps is owed a gRPC status. Stands behind the whole pipeline rather than among the routes,
/// where a catch-all would change the answers of others.
/// </summary>
internal sealed class UnknownMethodFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        app.Use((context, rest) =>
        {
            if (!HttpMethods.IsPost(context.Request.Method) || !ContentType.IsGrpc(context.Request.ContentType))
                return rest(context);
            if (GrpcServerProtocol.TryBegin(context))
                GrpcServerProtocol.End(context, StatusCode.Unimplemented, $"there is no method {context.Request.Path}", null);
            return Task.CompletedTask;
        });
    };
}
