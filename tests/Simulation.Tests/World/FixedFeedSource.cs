using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Feeds;
using Google.Protobuf;

namespace Simulation.Tests.World;

/// <summary>A feed of documents that never change.</summary>
public sealed class FixedFeedSource(TimeProvider time, params (string Kind, string Key)[] documents) : IFeedSource
{
    public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new FeedMessage { Start = new FeedStart { Incarnation = "fixed", Full = true } };
        foreach ((string kind, string key) in documents)
            yield return new FeedMessage { Document = new FeedDocument { Kind = kind, Key = key, Revision = 1, Json = ByteString.CopyFromUtf8("{}") } };
        while (true)
        {
            yield return new FeedMessage { Synced = new FeedSynced { Revision = 1 } };
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }
    }
}
