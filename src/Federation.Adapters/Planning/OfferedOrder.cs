using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Planning;

/// <summary>
/// An order as an agent may carry it out by what it offers: the last line of defence behind the planner's choice, one rule for all adapters. Where the template needs what is not offered, the order is
/// withheld: nothing of it starts, and nothing is given up for it, but what runs runs on, and is still made fewer, moved and stopped as ordered. An agent whose owner took a right away so
/// goes on with what had it, until that is replaced. Pure.
/// </summary>
public static class OfferedOrder
{
    /// <summary>The order, or what remains of it; with the reason where it is withheld.</summary>
    /// <param name="order">What is ordered.</param>
    /// <param name="offered">What the agent offers now.</param>
    /// <param name="reason">Why nothing of it starts; null if it is carried out as it stands.</param>
    public static Assignment Within(Assignment order, IReadOnlyCollection<string> offered, out string? reason)
    {
        reason = order.State == AssignmentState.Active ? Lack(order.Template, order.Singleton, offered) : null;
        // What moves away begins nothing, and keeps what it has: that is all that is wanted here.
        return reason is null ? order : order with { State = AssignmentState.Moving };
    }

    /// <summary>Why nothing of a template starts on an agent; null if it may.</summary>
    public static string? Lack(WorkloadTemplate template, bool singleton, IReadOnlyCollection<string> offered)
    {
        IReadOnlyList<string> missing = TemplateNeeds.MissingIn(template, singleton, offered);
        if (missing.Count == 0) return null;
        string runs = !offered.Contains(Capability.Image) && !(template.Process is not null && offered.Contains(Capability.Process)) ? ", and runs no containers now" : "";
        string rights = missing.Any(OfferedCapabilities.IsRight) ? $": rights on a machine are its owner's to grant ({OfferedCapabilities.RightsSetting} for its agent)" : "";
        return $"its template needs {string.Join(", ", missing)}, which this agent does not offer{runs}; nothing of it is started here{rights}";
    }
}
