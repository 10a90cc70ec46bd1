using System.ComponentModel;
using System.Diagnostics;

namespace Federation.Cli.Editing;

/// <summary>The person's own editor: $FEDERATION_EDITOR, $VISUAL, $EDITOR, else vi.</summary>
internal static class Editor
{
    /// <summary>Opens a file and waits until the editor has ended.</summary>
    /// <exception cref="CliException">The editor was not found or failed.</exception>
    public static async Task OpenAsync(string file, Func<string, string?> environment, CancellationToken ct)
    {
        string editor = ((string[])["FEDERATION_EDITOR", "VISUAL", "EDITOR"]).Select(environment).FirstOrDefault(static set => set is { Length: > 0 }) ?? "vi";
        try
        {
            // By the shell, since the variable may hold arguments: "code --wait".
            using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", editor + " \"$1\"", "sh", file]) { UseShellExecute = false })!;
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0)
                throw new CliException(ExitCode.Failed, $"the editor '{editor}' ended with exit code {process.ExitCode}; what was written is in {file}", "set another: EDITOR=nano fedctl edit ...");
        }
        catch (Win32Exception e)
        {
            throw new CliException(ExitCode.Failed, $"the editor cannot be started: {e.Message}");
        }
    }
}
