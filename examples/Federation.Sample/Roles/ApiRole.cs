using System.Globalization;

namespace Federation.Sample.Roles;

/// <summary>The shop's back: answers who it is and counts the orders that it executes.</summary>
internal static class ApiRole
{
    private static readonly byte[] Filling = [.. Enumerable.Repeat((byte)'f', 1 << 20)];

    public static Task<int> RunAsync(ReplicaIdentity self)
    {
        WebApplication app = SampleHost.Create(self);
        var ledger = new ExecutionLedger(self);
        app.Lifetime.ApplicationStopped.Register(ledger.Dispose);

        app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok\n")));
        app.MapGet("/", (RequestDelegate)(context => context.Response.WriteAsync(Answer.Of("api", self), SampleJson.Default.Answer)));
        app.MapGet("/executions", (RequestDelegate)(context => context.Response.WriteAsync(ledger.Report(self), SampleJson.Default.ExecutionReport)));
        app.MapGet("/bytes/{count:int:range(0, 1048576)}", (RequestDelegate)BytesAsync);
        app.MapPost("/orders", (RequestDelegate)(context => OrderAsync(context, self, ledger)));
        return SampleHost.RunAsync(app, "api", self);
    }

    // An answer of a size: what a proxy is measured with.
    private static Task BytesAsync(HttpContext context)
    {
        int count = int.Parse((string)context.GetRouteValue("count")!, CultureInfo.InvariantCulture);
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = count;
        return context.Response.Body.WriteAsync(Filling.AsMemory(0, count)).AsTask();
    }

    private static Task OrderAsync(HttpContext context, ReplicaIdentity self, ExecutionLedger ledger)
    {
        string id = context.Request.Query["id"].ToString() is { Length: > 0 } query ? query : context.Request.Headers["Order-Id"].ToString();
        if (id.Length == 0)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return context.Response.WriteAsync("an order needs an id: POST /orders?id=ID, or the header Order-Id\n");
        }
        var receipt = new OrderReceipt(id, ledger.Execute(id), self.Replica, self.Cluster, self.Version);
        return context.Response.WriteAsync(receipt, SampleJson.Default.OrderReceipt);
    }
}
