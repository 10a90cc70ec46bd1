using System.Text.Json.Nodes;
using Federation.Contracts.V1;
using Google.Protobuf;

namespace Simulation.Tests.Network;

/// <summary>
/// One end of a connection whose process is of an earlier version: it says nothing of what was added to the contracts since, and passes over what it
/// does not know. An agent of that version begins its sequence anew with each connection, renews its lease at its own pace and knows no trials;
/// a Health of that version asks for no pace.
/// </summary>
internal sealed class EarlierVersion
{
    private long? _begun;

    /// <summary>Takes off a message what that version does not say.</summary>
    public void Say(IMessage message)
    {
        switch (message)
        {
            case AgentReport { MessageCase: AgentReport.MessageOneofCase.Full } report:
                _begun ??= report.Full.Sequence - 1;
                report.Full.Sequence -= _begun.Value;
                report.Full.SequenceSpansConnections = false;
                break;
            case AgentReport { MessageCase: AgentReport.MessageOneofCase.Delta } report:
                report.Delta.Sequence -= _begun ?? 0;
                break;
            case AgentReport { MessageCase: AgentReport.MessageOneofCase.Renewal } report:
                report.Renewal.Sequence = 0;
                break;
            case HealthMessage { MessageCase: HealthMessage.MessageOneofCase.Grant } granted:
                granted.Grant.NextRenewalMs = 0;
                break;
        }
    }

    /// <summary>Takes off a message what that version does not understand.</summary>
    public void Hear(IMessage message)
    {
        switch (message)
        {
            case AgentReport { MessageCase: AgentReport.MessageOneofCase.Full } report:
                report.Full.SequenceSpansConnections = false;
                break;
            case AgentReport { MessageCase: AgentReport.MessageOneofCase.Renewal } report:
                report.Renewal.Sequence = 0;
                break;
            case HealthMessage { MessageCase: HealthMessage.MessageOneofCase.Grant } granted:
                granted.Grant.NextRenewalMs = 0;
                break;
            case PlacementMessage { MessageCase: PlacementMessage.MessageOneofCase.Full } all:
                foreach (AssignmentOrder order in all.Full.Assignments) Forget(order);
                break;
            case PlacementMessage { MessageCase: PlacementMessage.MessageOneofCase.Delta } some:
                foreach (AssignmentOrder order in some.Delta.Upserts) Forget(order);
                break;
        }
    }

    private static void Forget(AssignmentOrder order)
    {
        JsonObject known = JsonNode.Parse(order.AssignmentJson.Span)!.AsObject();
        if (known.Remove("trial")) order.AssignmentJson = ByteString.CopyFromUtf8(known.ToJsonString());
    }
}
