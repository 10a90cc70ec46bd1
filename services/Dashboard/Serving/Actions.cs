using System.Globalization;
using Federation.Client;
using Federation.Dashboard.Display;
using Federation.Dashboard.Planes;
using Federation.Dashboard.Sessions;

namespace Federation.Dashboard.Serving;

/// <summary>What the pages' buttons do. The plane decides whether the account may; its answer is shown on the page that follows.</summary>
internal static class Actions
{
    public static void MapActions(this IEndpointRouteBuilder endpoints)
    {
        OnCluster(endpoints, "cordon", (client, name, ct) => client.CordonAsync(name, ct), "{0} takes no new replicas.");
        OnCluster(endpoints, "uncordon", (client, name, ct) => client.UncordonAsync(name, ct), "{0} takes replicas again.");
        OnCluster(endpoints, "drain", (client, name, ct) => client.DrainAsync(name, ct), "What {0} runs moves elsewhere.");
        OnWorkload(endpoints, "scale", async (client, inNamespace, name, form, ct) =>
        {
            if (!int.TryParse(form["replicas"], NumberStyles.None, CultureInfo.InvariantCulture, out int replicas) || replicas > 100_000) return "Replicas is a number from 0 to 100000.";
            await client.ScaleAsync(name, replicas, inNamespace, "dashboard", ct);
            return $"{inNamespace}/{name} is to have {Figures.Count(replicas, "replica")}.";
        });
        OnWorkload(endpoints, "undo", async (client, inNamespace, name, form, ct) =>
        {
            string? revision = form["revision"].ToString() is { Length: > 0 } text ? text : null;
            await client.UndoAsync(name, revision, inNamespace, ct);
            return $"{inNamespace}/{name} goes back to {(revision is null ? "the revision before" : $"revision {revision}")}.";
        });
    }

    private static void OnCluster(IEndpointRouteBuilder endpoints, string action, Func<FederationClient, string, CancellationToken, Task> act, string done) =>
        endpoints.MapPost($"/clusters/{{name}}/{action}", (RequestDelegate)(context =>
        {
            string name = (string)context.GetRouteValue("name")!;
            return ActAsync(context, Addresses.Cluster(name), async plane =>
            {
                await act(plane.Client, name, context.RequestAborted);
                plane.Clusters.Hurry();
                plane.Cluster(name).Hurry();
                return string.Format(CultureInfo.InvariantCulture, done, name);
            });
        })).CheckForm();

    private static void OnWorkload(IEndpointRouteBuilder endpoints, string action, Func<FederationClient, string, string, IFormCollection, CancellationToken, Task<string>> act) =>
        endpoints.MapPost($"/workloads/{{namespace}}/{{name}}/{action}", (RequestDelegate)(context =>
        {
            string inNamespace = (string)context.GetRouteValue("namespace")!, name = (string)context.GetRouteValue("name")!;
            return ActAsync(context, Addresses.Workload(inNamespace, name), async plane =>
            {
                string said = await act(plane.Client, inNamespace, name, await context.Request.ReadFormAsync(context.RequestAborted), context.RequestAborted);
                plane.Workloads.Hurry();
                plane.Workload(inNamespace, name).Hurry();
                return said;
            });
        })).CheckForm();

    private static async Task ActAsync(HttpContext context, string then, Func<PlaneConnection, Task<string>> act)
    {
        if (context.RequestServices.GetRequiredService<SessionCookie>().Read(context) is not { } session)
        {
            context.Response.Redirect($"/sign-in?to={Uri.EscapeDataString(then)}");
            return;
        }
        try
        {
            Saying.Leave(context, await act(context.RequestServices.GetRequiredService<PlaneConnections>().Of(session)));
        }
        catch (ApiException e)
        {
            Saying.Leave(context, $"Refused: {e.Detail ?? e.Title}");
        }
        catch (PlaneUnreachableException e)
        {
            Saying.Leave(context, $"Nothing was done: {e.Message}");
        }
        context.Response.Redirect(then);
    }
}
