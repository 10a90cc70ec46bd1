using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Federation.AppHost;

/// <summary>
/// Lays the sample program where every tenant's user may read it: a clone often lies in a home that others may not enter.
/// </summary>
internal sealed partial class SampleProgram(string appHostDirectory, LocalState state)
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string Program = "federation-sample";
    private const int MayExecute = 1;
    private static readonly string DotnetRoot = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
    private readonly Lock _gate = new();
    private string? _folder;

    /// <summary>Tells an agent where its programs are, and not to change users where these could not run .NET.</summary>
    public void Offer(EnvironmentCallbackContext agent)
    {
        lock (_gate) _folder ??= Stage();
        agent.EnvironmentVariables["Agent__ProgramPath"] = _folder;
        if (!OthersMayRun(Path.Combine(DotnetRoot, "dotnet"))) agent.EnvironmentVariables["Agent__TenantIsolation"] = "false";
    }

    private string Stage()
    {
        if (!OthersMayRun(Path.Combine(DotnetRoot, "dotnet")))
            Console.WriteLine($"Tenants share one user here: {DotnetRoot} is closed to other users. A .NET under /usr/share/dotnet would let each have its own.");
        string output = BuiltSample();
        byte[] content = SHA256.HashData(Directory.GetFiles(output).Order(StringComparer.Ordinal).SelectMany(file => SHA256.HashData(File.ReadAllBytes(file))).ToArray());
        string marker = Convert.ToHexStringLower(content);
        if (File.Exists(state.SamplePath) && File.ReadAllText(state.SamplePath).Split('\n') is [var earlier, var built] && built == marker && IsWhole(earlier, output)) return earlier;
        Remove();

        string folder = Places().Select(TryStage).FirstOrDefault(static staged => staged is not null)
            ?? throw new IOException($"no program can be laid in any of {string.Join(", ", Places())} and run there: they are full, read-only, mounted with noexec, or closed to this user");
        File.WriteAllText(state.SamplePath, $"{folder}\n{marker}");
        return folder;
    }

    // What nobody has read for weeks may have been cleared away.
    private static bool IsWhole(string folder, string output) =>
        MayRun(Path.Combine(folder, Program)) && Directory.GetFiles(output).All(file => File.Exists(Path.Combine(folder, Path.GetFileName(file))));

    // /var/tmp is everyone's, but may hold no programs (noexec).
    private IEnumerable<string> Places() => ["/var/tmp", "/var/lib", state.Root];

    private string? TryStage(string place)
    {
        // A name that nobody can have taken before.
        string folder = Path.Combine(place, $"federation-{RandomNumberGenerator.GetHexString(16, lowercase: true)}"), program = Path.Combine(folder, Program);
        try
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, ForAll);
            // Replicas know neither DOTNET_ROOT nor the PATH of the person who started this.
            File.WriteAllText(program, $"#!/bin/sh\nexport DOTNET_EnableDiagnostics=0 DOTNET_hostBuilder__reloadConfigOnChange=false\nexec {Quoted($"{DotnetRoot}/dotnet")} {Quoted($"{folder}/federation-sample.dll")} \"$@\"\n");
            File.SetUnixFileMode(program, ForAll);
            if (!MayRun(program))
            {
                Directory.Delete(folder, recursive: true);
                return null;
            }
            foreach (string file in Directory.GetFiles(BuiltSample()))
            {
                string copy = Path.Combine(folder, Path.GetFileName(file));
                if (copy == program) continue;
                File.Copy(file, copy);
                File.SetUnixFileMode(copy, ForAll & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
            }
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Full, read-only, or closed to this user: the next place.
            return null;
        }
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // access(2): what lies on a file system that is mounted with noexec may not be run, by root neither.
    private static bool MayRun(string program) => Access(program, MayExecute) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int how);

    /// <summary>Removes the copy.</summary>
    public void Remove()
    {
        if (File.Exists(state.SamplePath) && File.ReadAllText(state.SamplePath).Split('\n') is [var folder, ..] && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        File.Delete(state.SamplePath);
    }

    // Built beside this program: the same configuration and framework.
    private string BuiltSample()
    {
        string own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(appHostDirectory, "..", "examples", "Federation.Sample", "bin", Path.GetFileName(Path.GetDirectoryName(own)!), Path.GetFileName(own)));
    }

    private static bool OthersMayRun(string program)
    {
        const UnixFileMode execute = UnixFileMode.OtherExecute;
        for (string? path = program; path is not null; path = Path.GetDirectoryName(path))
            if ((File.GetUnixFileMode(path) & execute) == 0) return false;
        return true;
    }
}
