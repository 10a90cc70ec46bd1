namespace Federation.Sample.Roles;

/// <summary>The shop's face: answers who it is together with what the api said, and passes orders on.</summary>
internal static class WebRole
{
    public static Task<int> RunAsync(ReplicaIdentity self)
    {
        WebApplication app = SampleHost.Create(self);
        var api = new ApiCaller();
        app.Lifetime.ApplicationStopped.Register(api.Dispose);

        app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok\n")));
        app.MapGet("/", (RequestDelegate)(context => AnswerAsync(context, self, api)));
        app.MapPost("/orders", (RequestDelegate)(context => OrderAsync(context, self, api)));
        return SampleHost.RunAsync(app, "web", self);
    }

    private static async Task AnswerAsync(HttpContext context, ReplicaIdentity self, ApiCaller api)
    {
        Answer answer = Answer.Of("web", self);
        if (!api.Configured)
        {
            await context.Response.WriteAsync(answer, SampleJson.Default.Answer);
            return;
        }
        try
        {
            await context.Response.WriteAsync(answer with { Api = await api.GetAsync(context.RequestAborted) }, SampleJson.Default.Answer);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            Console.Error.WriteLine($"the api did not answer: {failure.Message}");
            await context.Response.WriteAsync(answer with { ApiError = failure.Message }, SampleJson.Default.Answer, StatusCodes.Status502BadGateway);
        }
    }

    // Not tried twice: an order that may have been executed is the caller's to ask about.
    private static async Task OrderAsync(HttpContext context, ReplicaIdentity self, ApiCaller api)
    {
        if (context.Request.Query["id"].ToString() is not { Length: > 0 } id || !api.Configured)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        try
        {
            using HttpResponseMessage reply = await api.OrderAsync(id, context.RequestAborted);
            context.Response.StatusCode = (int)reply.StatusCode;
            context.Response.ContentType = reply.Content.Headers.ContentType?.ToString();
            await reply.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (HttpRequestException failure)
        {
            Console.Error.WriteLine($"order {id} did not reach the api: {failure.Message}");
            await context.Response.WriteAsync(Answer.Of("web", self) with { ApiError = failure.Message }, SampleJson.Default.Answer, StatusCodes.Status502BadGateway);
        }
    }
}
