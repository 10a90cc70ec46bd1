using System.Globalization;
using System.Text;
using Federation.Domain.Identifiers;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Simulation.Tests.Engine;
using Simulation.Tests.Invariants;
using Simulation.Tests.Linearizability;

namespace Simulation.Tests.World;

/// <summary>
/// Callers that read and write a few documents, some in the store itself and some through the API, and note what they were told. Whoever takes a call
/// dies with it now and then; its caller then knows nothing.
/// </summary>
public sealed class RegisterClients(Simulator simulator, SimulatedPlane plane)
{
    private const string ValueLabel = "value";
    private static readonly TenantId Tenant = new("acme");
    private static readonly string[] Registers = ["store/a", "store/b", "api/a", "api/b"];

    private readonly SortedDictionary<string, List<RegisterOperation?>> _histories =
        new(Registers.ToDictionary(static name => name, static _ => new List<RegisterOperation?>()), StringComparer.Ordinal);

    private readonly Dictionary<string, long> _seen = [];
    private int _values;

    /// <summary>One caller makes one call.</summary>
    public void Call()
    {
        if (plane.Door is not { Process.Alive: true } door) return;
        string register = Registers[simulator.Chance.Next(Registers.Length)];
        List<RegisterOperation?> history = _histories[register];
        int slot = history.Count;
        history.Add(null);
        long began = simulator.Time.GetTimestamp();
        if (simulator.Chance.Next(2) == 0)
        {
            door.Process.Post(async _ =>
            {
                await TravelAsync();
                (string? value, long revision) = register[0] == 's' ? ReadStore(door, register) : ReadApi(door, register);
                await TravelAsync();
                // A holder that was overtaken while it stood still answers nobody: its callers' connections are long broken.
                if (door == plane.Door) history[slot] = new RegisterOperation.Read(began, Now(register, revision), value, revision);
            }, null);
            return;
        }
        string written = $"v{_values++}";
        long? condition = simulator.Chance.Next(2) == 0 ? _seen.GetValueOrDefault(register) : null;
        history[slot] = new RegisterOperation.Unanswered(began, written, condition);
        door.Process.Post(async _ =>
        {
            await TravelAsync();
            try
            {
                long? revision = register[0] == 's'
                    ? await WriteStoreAsync(door, register, written, condition)
                    : await WriteApiAsync(door, register, written, condition);
                await TravelAsync();
                history[slot] = revision is { } given
                    ? new RegisterOperation.Written(began, Now(register, given), written, condition, given)
                    : new RegisterOperation.Refused(began, Now(register, 0), condition!.Value);
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreFencedException)
            {
                simulator.Trace.Add($"a write of {register} was not answered");
            }
        }, null);
    }

    /// <summary>Holds what all callers were told against one another.</summary>
    /// <exception cref="InvariantBroken">No order of the calls explains it.</exception>
    public void Verify()
    {
        foreach ((string register, List<RegisterOperation?> calls) in _histories)
        {
            RegisterOperation[] history = [.. calls.OfType<RegisterOperation>()];
            if (!LinearizabilityCheck.IsLinearizable(history))
                throw new InvariantBroken(Invariant.Linearizable, $"{register}: no order explains\n{string.Join('\n', history.Select(static call => call.ToString()))}");
        }
    }

    private long Now(string register, long revision)
    {
        if (revision > 0) _seen[register] = revision;
        return simulator.Time.GetTimestamp();
    }

    private Task TravelAsync() => Task.Delay(TimeSpan.FromMilliseconds(1 + simulator.Chance.Next(60)), simulator.Time);

    private static DocumentKey KeyOf(string register) => new("Register", register);

    private static (string?, long) ReadStore(PlacementDoor door, string register) =>
        door.Store.Current.Get(KeyOf(register)) is { } document ? (Encoding.UTF8.GetString(document.Body.Span), document.Revision) : (null, 0);

    private static async Task<long?> WriteStoreAsync(PlacementDoor door, string register, string value, long? condition)
    {
        CommitOutcome outcome = await door.Store.CommitAsync(new StoreTransaction
        {
            Conditions = condition is { } revision ? [new(KeyOf(register), revision)] : [],
            Writes = [new(KeyOf(register), Encoding.UTF8.GetBytes(value))],
        }, default);
        return outcome is CommitOutcome.Committed committed ? committed.Revision : null;
    }

    private static (string?, long) ReadApi(PlacementDoor door, string register) =>
        door.Volumes.Find(Tenant, "default", NameOf(register)) is { } volume ? (volume.Metadata.Labels![ValueLabel], RevisionOf(volume)) : (null, 0);

    private static async Task<long?> WriteApiAsync(PlacementDoor door, string register, string value, long? condition)
    {
        var volume = new Volume
        {
            Metadata = new ResourceMetadata { Name = NameOf(register), Namespace = "default", Labels = new Dictionary<string, string> { [ValueLabel] = value } },
        };
        return await door.Volumes.ApplyAsync(volume, Tenant, "sim", condition, false, default) switch
        {
            ApplyOutcome<Volume>.Applied applied => RevisionOf(applied.Resource),
            ApplyOutcome<Volume>.Refused { Problem.Status: 412 } => null,
            ApplyOutcome<Volume>.Refused refused => throw new StoreUnavailableException(refused.Problem.Detail),
            _ => throw new InvalidOperationException("unknown outcome"),
        };
    }

    private static string NameOf(string register) => $"register-{register[^1]}";

    private static long RevisionOf(Volume volume) => long.Parse(volume.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);
}
