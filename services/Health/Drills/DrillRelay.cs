using Federation.Domain.Drills;
using Federation.Health.Service.Documents;
using Federation.ServiceDefaults.Drills;
using Federation.Storage;

namespace Federation.Health.Service.Drills;

/// <summary>Tells the gateways, which follow Health alone, of the drills that go on.</summary>
/// <param name="watch">Knows them.</param>
/// <param name="store">Health's store.</param>
/// <param name="time">The clock.</param>
public sealed class DrillRelay(DrillWatch watch, IStore store, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Drill[] active = [.. watch.Active()];
            string[] told = [.. store.Current.List(DrillWatch.Kind).Select(static document => document.Key.Key)];
            StoreWrite[] writes =
            [
                .. active.Where(drill => !told.Contains(drill.Id)).Select(static drill => HealthKinds.Put(DrillWatch.Kind, drill.Id, drill)),
                .. told.Where(id => !active.Any(drill => drill.Id == id)).Select(static id => HealthKinds.Delete(DrillWatch.Kind, id)),
            ];
            if (writes.Length > 0) await store.CommitAsync(new StoreTransaction { Writes = writes }, cancellationToken);
            await Task.Delay(Look, time, cancellationToken);
        }
    }
}
