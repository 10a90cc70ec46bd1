using System.Globalization;

namespace Federation.Adapters.Node.Processes;

/// <summary>A process of this boot: its id alone may be used again, together with the kernel's start time it is not.</summary>
/// <param name="Process">The process id.</param>
/// <param name="Started">The start time in the kernel's ticks since boot.</param>
internal readonly record struct ProcessIdentity(int Process, ulong Started)
{
    /// <summary>Whether the process is there and has not ended (a zombie has).</summary>
    public bool IsAlive => TryRead(Process, out ulong started, out char state, out _) && started == Started && state is not ('Z' or 'X');

    /// <summary>Whether it was stopped by a signal. One that a debugger holds is not.</summary>
    public bool IsStopped => TryRead(Process, out ulong started, out char state, out _) && started == Started && state == 'T';

    public static ProcessIdentity? Of(int process) => TryRead(process, out ulong started, out _, out _) ? new(process, started) : null;

    /// <summary>Reads <c>ATTEMPT PID START</c> as the parent writes it; null if the file is of another attempt, or not there.</summary>
    public static ProcessIdentity? FromNote(string path, int attempt) =>
        ReadNote(path) is [var number, var process, var started]
        && number == attempt.ToString(CultureInfo.InvariantCulture)
        && int.TryParse(process, CultureInfo.InvariantCulture, out int id) && ulong.TryParse(started, CultureInfo.InvariantCulture, out ulong start)
            ? new(id, start)
            : null;

    public static string[] ReadNote(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n').Split(' ');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The processes of a session.</summary>
    public static IEnumerable<int> InSession(int session)
    {
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(entry.AsSpan()), CultureInfo.InvariantCulture, out int process)
                && TryRead(process, out _, out _, out int its) && its == session) yield return process;
        }
    }

    // proc(5): the second field is the program's name in parentheses and may hold anything; state is the 3rd, session the 6th, start time the 22nd.
    private static bool TryRead(int process, out ulong started, out char state, out int session)
    {
        started = 0;
        state = ' ';
        session = 0;
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or the machine shows nobody the processes of others (hidepid).
            return false;
        }
        int close = text.LastIndexOf(')');
        if (close < 0) return false;
        string[] fields = text[(close + 2)..].Split(' ');
        if (fields.Length < 20) return false;
        state = fields[0][0];
        return int.TryParse(fields[3], CultureInfo.InvariantCulture, out session) && ulong.TryParse(fields[19], CultureInfo.InvariantCulture, out started);
    }
}
