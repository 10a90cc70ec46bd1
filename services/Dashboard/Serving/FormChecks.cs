using Federation.Dashboard.Pages;
using Microsoft.AspNetCore.Antiforgery;

namespace Federation.Dashboard.Serving;

/// <summary>Lets a form through only if it is one of ours: its token fits the visitor's cookie, and the browser does not say that another site sent it.</summary>
internal static class FormChecks
{
    public static IEndpointConventionBuilder CheckForm(this IEndpointConventionBuilder endpoint)
    {
        endpoint.Add(builder =>
        {
            RequestDelegate next = builder.RequestDelegate!;
            builder.RequestDelegate = async context =>
            {
                bool foreign = context.Request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
                if (foreign || !context.Request.HasFormContentType || !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
                {
                    await context.RequestServices.GetRequiredService<PageServer>().ShowAsync(context, Messages.StaleForm());
                    return;
                }
                await next(context);
            };
        });
        return endpoint;
    }
}
