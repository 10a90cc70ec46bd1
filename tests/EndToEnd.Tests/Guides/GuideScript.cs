using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Planes;

namespace EndToEnd.Tests.Guides;

/// <summary>
/// A guide's blocks as one shell script, as a reader would type them in the repository's folder. The plane's ports and state folder take the
/// place of the usual ones; the launcher runs already; what says "Ctrl-C ends it" is ended so.
/// </summary>
internal static partial class GuideScript
{
    private const string Endless = "Ctrl-C ends it";

    /// <summary>Beside the repository's own content, so that what a guide writes does not land in the repository.</summary>
    public static string Workplace(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string entry in Directory.EnumerateFileSystemEntries(Repository.Root))
            if (Path.GetFileName(entry) is not (".git" or ".federation"))
                File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(entry)), entry);
        return folder;
    }

    public static string Of(IEnumerable<GuideBlock> blocks, RunningPlane plane)
    {
        var script = new StringBuilder();
        script.Append(CultureInfo.InvariantCulture, $$"""
            set -euo pipefail
            export PS4=''
            dotnet() {
              if [[ "${1:-} ${2:-} ${3:-}" == "run --project AppHost" ]]; then
                shift 3
                if [[ $# == 0 ]]; then return 0; fi
                shift
                '{{Repository.AppHost}}' "$@" --state '{{plane.State}}'
              else
                command dotnet "$@"
              fi
            }
            curl() { command curl --fail-with-body --no-progress-meter "$@"; }
            until_interrupted() {
              local code=0
              # A shell goes on with its loop where Ctrl-C comes between two of its programs.
              timeout --preserve-status --signal=INT 2.5 bash -c "trap 'exit \$?' INT; $1" || code=$?
              [[ $code == 0 || $code == 130 ]] || { echo "ended with $code, not by Ctrl-C: $1"; return 1; }
            }
            export -f dotnet curl

            """);
        foreach (GuideBlock block in blocks)
        {
            foreach (string line in block.Commands.Split('\n'))
            {
                string command = AtThePlane(line, plane);
                script.Append(CultureInfo.InvariantCulture, $"{(command.Contains(Endless, StringComparison.Ordinal) ? $"until_interrupted '{command[..command.IndexOf(" #", StringComparison.Ordinal)].Trim().Replace("'", "'\\''", StringComparison.Ordinal)}'" : command)}\n");
            }
        }
        return script.ToString();
    }

    private static string AtThePlane(string line, RunningPlane plane) =>
        LocalPort().Replace(line, match => $"localhost:{int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) + plane.Ingress.Port - 8080}");

    [GeneratedRegex(@"(?<=\b)localhost:((?:70|71|80)\d\d)\b")]
    private static partial Regex LocalPort();
}
