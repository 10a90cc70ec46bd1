using System.Globalization;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Storage;

namespace Federation.Backup.Files;

/// <summary>
/// What one store's documents say of another's. Every order names fixed versions of configs and secrets, and every declared resource a namespace: since the
/// stores are copied one after another, with Placement first, whatever it refers to was there before the others were copied.
/// </summary>
public static class BackupReferences
{
    private static readonly string[] Namespaced = ["Workload", "PlacementPolicy", "Route", "Volume"];

    /// <summary>References that lead nowhere, each in one line, in order.</summary>
    public static IReadOnlyList<string> Unresolved(StoreCopy placement, StoreCopy secretStore, StoreCopy identity)
    {
        var lost = new SortedSet<string>(StringComparer.Ordinal);
        foreach (StoredDocument document in placement.Of("Assignment"))
        {
            Assignment order = document.Read<Assignment>();
            if (order.State == AssignmentState.Withdrawn) continue;
            Check(order, "Config", order.Template.Configs);
            Check(order, "Secret", order.Template.Secrets);
        }
        foreach (string kind in Namespaced)
        {
            foreach (StoredDocument document in placement.Of(kind))
            {
                if (document.Key.Key.Split('/') is [var tenant, var name, ..] && identity.Find(new("Namespace", $"{tenant}/{name}")) is null)
                    lost.Add($"{document.Key} is in the namespace {tenant}/{name}, which Identity does not have");
            }
        }
        return [.. lost];

        void Check(Assignment order, string kind, IReadOnlyList<FileReference>? references)
        {
            foreach (FileReference reference in references ?? [])
            {
                if (reference.Version is not { } version) continue;
                string head = $"{order.Workload.Tenant}/{order.Workload.Namespace}/{reference.Name}";
                if (secretStore.Find(new("MaterialVersion", string.Create(CultureInfo.InvariantCulture, $"{head}/{kind}/{version:D10}"))) is null)
                    lost.Add($"an order of {order.Workload} needs version {version} of {kind} {head}, which SecretStore does not have");
            }
        }
    }
}
