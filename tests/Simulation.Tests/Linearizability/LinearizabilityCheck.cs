using System.Collections;

namespace Simulation.Tests.Linearizability;

/// <summary>
/// Whether calls on one register could have taken effect one after another, each at one moment between its begin and its end, so that every caller saw
/// what it saw. The search of Wing and Gong (1993) with the memory of Lowe (2017): what was tried from the same state with the same calls done is not
/// tried again.
/// </summary>
public static class LinearizabilityCheck
{
    /// <summary>True if there is such an order.</summary>
    public static bool IsLinearizable(IReadOnlyList<RegisterOperation> history) => Answered(history) is { } answered && Search(answered);

    // A write without an answer that somebody has seen has become one with an answer. One that nobody has seen may never have come: it can do no more
    // than explain why a conditional write was refused. So the search need not try them everywhere, which would take it for ever.
    private static List<RegisterOperation>? Answered(IReadOnlyList<RegisterOperation> history)
    {
        var answered = new List<RegisterOperation>();
        var unseen = new List<RegisterOperation.Unanswered>();
        foreach (RegisterOperation operation in history)
        {
            if (operation is not RegisterOperation.Unanswered lost)
            {
                answered.Add(operation);
                continue;
            }
            RegisterOperation.Read? first = history.OfType<RegisterOperation.Read>().Where(read => read.Value == lost.Value).MinBy(static read => read.Ended);
            if (first is null) unseen.Add(lost);
            else if (first.Ended < lost.Began) return null;
            else answered.Add(new RegisterOperation.Written(lost.Began, first.Ended!.Value, lost.Value, lost.Condition, first.Revision));
        }
        answered.RemoveAll(operation => operation is RegisterOperation.Refused && unseen.Exists(lost => lost.Began <= operation.Ended));
        return answered;
    }

    private static bool Search(List<RegisterOperation> history)
    {
        Event head = Events(history);
        var done = new BitArray(history.Count);
        var tried = new HashSet<(string Done, RegisterState State)>();
        var path = new Stack<(Event Call, RegisterState Before)>();
        RegisterState state = default;
        Event? at = head.Next;
        while (at is not null)
        {
            if (at.Return is null)
            {
                // A call ended before anything else could take effect: the last choice was wrong.
                if (!path.TryPop(out (Event Call, RegisterState Before) last)) return false;
                state = last.Before;
                done[last.Call.Operation] = false;
                last.Call.PutBack();
                at = last.Call.Next;
                continue;
            }
            if (state.After(history[at.Operation]) is { } after)
            {
                done[at.Operation] = true;
                if (tried.Add((Text(done), after)))
                {
                    path.Push((at, state));
                    state = after;
                    at.TakeOut();
                    at = head.Next;
                    continue;
                }
                done[at.Operation] = false;
            }
            at = at.Next;
        }
        return true;
    }

    private static Event Events(List<RegisterOperation> history)
    {
        var events = new List<(long At, bool Ends, Event Event)>();
        for (int i = 0; i < history.Count; i++)
        {
            var end = new Event(i, null);
            events.Add((history[i].Began, false, new Event(i, end)));
            events.Add((history[i].Ended!.Value, true, end));
        }
        var head = new Event(-1, null);
        Event last = head;
        // Of events at the same moment the begins come first: what touches is concurrent.
        foreach ((_, _, Event next) in events.OrderBy(static entry => entry.At).ThenBy(static entry => entry.Ends).ThenBy(static entry => entry.Event.Operation))
        {
            last.Next = next;
            next.Previous = last;
            last = next;
        }
        return head;
    }

    private static string Text(BitArray bits) => string.Create((bits.Length + 15) / 16, bits, static (text, bits) =>
    {
        for (int i = 0; i < bits.Length; i++)
            if (bits[i]) text[i / 16] |= (char)(1 << (i % 16));
    });

    // Begins and ends in order of time, as a list from which calls are taken out and put back.
    private sealed class Event(int operation, Event? @return)
    {
        public int Operation { get; } = operation;

        /// <summary>The end of the call that this begins; null if this is an end.</summary>
        public Event? Return { get; } = @return;

        public Event? Previous { get; set; }

        public Event? Next { get; set; }

        public void TakeOut()
        {
            Drop();
            Return!.Drop();
        }

        public void PutBack()
        {
            Return!.Stand();
            Stand();
        }

        private void Drop()
        {
            Previous!.Next = Next;
            if (Next is { } next) next.Previous = Previous;
        }

        private void Stand()
        {
            Previous!.Next = this;
            if (Next is { } next) next.Previous = this;
        }
    }
}
