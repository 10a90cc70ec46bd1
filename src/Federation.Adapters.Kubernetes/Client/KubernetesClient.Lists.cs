using System.Globalization;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;

namespace Federation.Adapters.Kubernetes.Client;

public sealed partial class KubernetesClient
{
    // A token is good for minutes: one that keeps running out says that pages come too slowly for ever.
    private const int MostBeginnings = 3;

    /// <summary>
    /// A whole list of one moment, page by page. Where the token to go on with has expired the list begins anew, for the rest would be of another moment.
    /// A namespace that does not exist has an empty list: conclude nothing from it.
    /// </summary>
    /// <param name="type">What is listed.</param>
    /// <param name="space">The namespace; null for all.</param>
    /// <param name="selector">Of labels; null for all.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    internal async Task<Listing<T>> ListAsync<T>(ResourceType<T> type, string? space, string? selector, CancellationToken cancellationToken) where T : IApiObject
    {
        for (int beginnings = 1; ; beginnings++)
        {
            List<T> items = [];
            string? token = null;
            try
            {
                while (true)
                {
                    KubernetesRequest request = KubernetesRequest.Of("list", type.Resource, space, null, null,
                        ("limit", _options.PageSize.ToString(CultureInfo.InvariantCulture)), ("labelSelector", selector), ("continue", token));
                    ObjectList<T> page = await ReadAsync(request, type.Many, cancellationToken);
                    items.AddRange(page.Items ?? []);
                    if (page.Metadata.Continue is { Length: > 0 } next)
                    {
                        token = next;
                        continue;
                    }
                    return page.Metadata.ResourceVersion is { Length: > 0 } version ? new Listing<T>(items, version) : throw Failed(FailureKind.Unreadable, request, "the list says no resourceVersion");
                }
            }
            catch (KubernetesException e) when (e.Kind == FailureKind.Expired && token is not null && beginnings < MostBeginnings)
            {
                // From the beginning.
            }
        }
    }

    /// <summary>Opens one watch.</summary>
    /// <param name="type">What is watched.</param>
    /// <param name="space">The namespace; null for all.</param>
    /// <param name="selector">Of labels; null for all.</param>
    /// <param name="from">The version after which it begins.</param>
    /// <param name="lasting">When the server is to end it.</param>
    /// <param name="cancellationToken">Abandons the opening.</param>
    internal async Task<WatchStream<T>> OpenWatchAsync<T>(ResourceType<T> type, string? space, string? selector, string from, TimeSpan lasting, CancellationToken cancellationToken) where T : IApiObject
    {
        KubernetesRequest request = KubernetesRequest.Of("watch", type.Resource, space, null, null,
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", from), ("labelSelector", selector),
            ("timeoutSeconds", ((int)lasting.TotalSeconds).ToString(CultureInfo.InvariantCulture))) with
        { IsStream = true };
        HttpResponseMessage reply = await SendAsync(request, cancellationToken);
        return new WatchStream<T>(this, request, reply, await reply.Content.ReadAsStreamAsync(cancellationToken), type.One);
    }
}
