using System.Runtime.InteropServices;

namespace Federation.Sample.Roles;

/// <summary>
/// Takes and touches memory, to show what a memory limit does. Native memory, because .NET's own heap reads the limit
/// and would refuse politely before the kernel has anything to enforce.
/// </summary>
internal static class AllocateRole
{
    private const int Mebibyte = 1 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var text] || !int.TryParse(text, out int mebibytes) || mebibytes < 1)
        {
            Console.Error.WriteLine("usage: federation-sample allocate MEBIBYTES");
            return 2;
        }
        using var stopping = new Stopping();
        for (int taken = 1; taken <= mebibytes && !stopping.Token.IsCancellationRequested; taken++)
        {
            Touch();
            if (taken % 16 == 0 || taken == mebibytes) Console.WriteLine($"holds {taken} MiB");
        }
        await Task.Delay(Timeout.Infinite, stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        return 0;
    }

    private static unsafe void Touch()
    {
        // Held until the process ends.
        void* block = NativeMemory.Alloc(Mebibyte);
        NativeMemory.Fill(block, Mebibyte, 0x5a);
    }
}
