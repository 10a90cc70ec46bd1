using System.Text.Json;
using Federation.Adapters;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Loops;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Json;
using Federation.Security.Files;
using Google.Protobuf;

namespace Federation.Agent.Node;

/// <summary>A native node's holdings: the orders of its journal, and a file beside it with what stands behind them.</summary>
/// <param name="reconciler">Knows the orders.</param>
/// <param name="folder">Where <c>keepsake</c> lies, owner-only.</param>
/// <param name="logger">Where a damaged file is told.</param>
public sealed partial class NodeHoldings(NodeReconciler reconciler, string folder, ILogger<NodeHoldings> logger) : IHoldings
{
    private string File => Path.Combine(folder, "keepsake");

    /// <inheritdoc/>
    public long Term => reconciler.KnownTerm;

    /// <inheritdoc/>
    public AgentInventory Tell()
    {
        var inventory = new AgentInventory { Term = reconciler.KnownTerm, Revision = reconciler.KnownRevision };
        foreach (DesiredAssignment desired in reconciler.Desired)
        {
            var order = new AssignmentOrder
            {
                Id = desired.Assignment.Id.Value,
                AssignmentJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(desired.Assignment, DomainJson.Options)),
            };
            order.Material.AddRange(desired.Material.Select(static files => new SealedMaterial { Kind = files.Kind, Name = files.Name, Version = files.Version }));
            inventory.Assignments.Add(order);
        }
        inventory.Documents.AddRange(Kept().Documents);
        return inventory;
    }

    /// <inheritdoc/>
    public void Keep(Keepsake keepsake)
    {
        DurableFile.EnsurePrivateFolder(folder);
        DurableFile.Replace(File, keepsake.ToByteArray());
    }

    /// <inheritdoc/>
    public IReadOnlyList<SealedFiles>? Material(Assignment order) =>
        reconciler.Desired.FirstOrDefault(desired => desired.Assignment.Id == order.Id && desired.Assignment.Revision == order.Revision)?.Material;

    private Keepsake Kept()
    {
        if (!System.IO.File.Exists(File)) return new Keepsake();
        try
        {
            return Keepsake.Parser.ParseFrom(System.IO.File.ReadAllBytes(File));
        }
        catch (InvalidProtocolBufferException e)
        {
            // The orders still say what runs; only the declarations behind them are lost here, and other nodes may have them.
            LogDamaged(logger, File, e.Message);
            return new Keepsake();
        }
    }

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "{File} is damaged ({Reason}): the declarations that were kept in it are not told to the plane")]
    private static partial void LogDamaged(ILogger logger, string file, string reason);
}
