using Federation.Domain.Quantities;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Reservation;

/// <summary>
/// Free = allocatable - foreign - what every holding may use (invariant 6), by slot, with the sums by cluster. Every change raises the cluster's
/// version, so that what was computed from it is known to be stale.
/// </summary>
internal sealed class CapacityLedger
{
    private readonly int[] _clusterOf;
    private readonly long[] _freeCpu, _freeMemory, _clusterFreeCpu, _clusterFreeMemory;
    private readonly double[] _perClusterCpu, _perClusterMemory;

    public CapacityLedger(PlanningSnapshot snapshot, HoldingIndex holdings)
    {
        int slots = snapshot.Slots.Length, clusters = snapshot.Clusters.Length;
        (_clusterOf, _freeCpu, _freeMemory) = (new int[slots], new long[slots], new long[slots]);
        (_clusterFreeCpu, _clusterFreeMemory, Versions) = (new long[clusters], new long[clusters], new int[clusters]);
        (_perClusterCpu, _perClusterMemory) = (new double[clusters], new double[clusters]);
        for (int s = 0; s < slots; s++)
        {
            SlotEntry slot = snapshot.Slots[s];
            _clusterOf[s] = slot.Cluster;
            _perClusterCpu[slot.Cluster] += slot.Allocatable.Cpu.Value;
            _perClusterMemory[slot.Cluster] += slot.Allocatable.Memory.Value;
            Change(s, slot.Allocatable.Cpu.Value - slot.Foreign.Cpu.Value, slot.Allocatable.Memory.Value - slot.Foreign.Memory.Value);
        }
        for (int c = 0; c < clusters; c++)
        {
            _perClusterCpu[c] = _perClusterCpu[c] > 0 ? 1 / _perClusterCpu[c] : 0;
            _perClusterMemory[c] = _perClusterMemory[c] > 0 ? 1 / _perClusterMemory[c] : 0;
        }
        foreach (Holding holding in holdings.All) Reserve(holding.Slot, holding.Unit * holding.InFlight);
    }

    /// <summary>By cluster: rises with every change of what is free there.</summary>
    public int[] Versions { get; }

    /// <summary>All CPU ever reserved, releases not taken off: bounds how much room there can be less than at an earlier look.</summary>
    public double TakenCpu { get; private set; }

    /// <summary>All memory ever reserved, likewise.</summary>
    public double TakenMemory { get; private set; }

    /// <summary>How many reservations were made.</summary>
    public int Reservations { get; private set; }

    public ResourceAmount Free(int slot) => new(new CpuMillis(_freeCpu[slot]), new MemoryBytes(_freeMemory[slot]));

    public void Reserve(int slot, ResourceAmount amount)
    {
        Change(slot, -amount.Cpu.Value, -amount.Memory.Value);
        TakenCpu += amount.Cpu.Value;
        TakenMemory += amount.Memory.Value;
        Reservations++;
    }

    public void Release(int slot, ResourceAmount amount) => Change(slot, amount.Cpu.Value, amount.Memory.Value);

    /// <summary>How many whole replicas fit on the slot.</summary>
    public int Fits(int slot, in ReplicaUnit unit) => unit.Fits(_freeCpu[slot], _freeMemory[slot]);

    /// <summary>The scarcer resource's free part of a cluster once one replica more runs there, 0 to 1.</summary>
    public double FreePartAfter(int cluster, in ReplicaUnit unit) => Math.Clamp(Math.Min(
        (_clusterFreeCpu[cluster] - unit.Cpu) * _perClusterCpu[cluster],
        (_clusterFreeMemory[cluster] - unit.Memory) * _perClusterMemory[cluster]), 0, 1);

    private void Change(int slot, long cpu, long memory)
    {
        int cluster = _clusterOf[slot];
        _freeCpu[slot] += cpu;
        _freeMemory[slot] += memory;
        _clusterFreeCpu[cluster] += cpu;
        _clusterFreeMemory[cluster] += memory;
        Versions[cluster]++;
    }
}
