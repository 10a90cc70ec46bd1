using Federation.Domain.Quantities;

namespace Federation.Scheduling.Reservation;

/// <summary>One loss that is prepared for: who would have to leave, and the room that is held for them elsewhere.</summary>
/// <param name="text">What is lost, for sentences: <c>cluster eu</c>.</param>
internal sealed class LossScenario(string text)
{
    public string Text => text;

    /// <summary>Who would have to leave, by rank.</summary>
    public List<LossEntry> Entries { get; } = [];

    /// <summary>What is held for them together, by slot.</summary>
    public Dictionary<int, ResourceAmount> Held { get; } = [];

    /// <summary>The first entry of this rank or a later one.</summary>
    public int PlaceOf(int rank)
    {
        int low = 0, high = Entries.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Entries[middle].Rank < rank) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>The entry of this rank; null if it would lose nothing.</summary>
    public LossEntry? Find(int rank) => PlaceOf(rank) is var at && at < Entries.Count && Entries[at].Rank == rank ? Entries[at] : null;
}
