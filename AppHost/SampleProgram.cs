using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Federation.AppHost;

/// <summary>
/// Lays the sample program where every tenant's user may read it: a clone often lies in a home that others may not enter.
/// </summary>
internal sealed class SampleProgram(string appHostDirectory, LocalState state)
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

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
        if (File.Exists(state.SamplePath) && File.ReadAllText(state.SamplePath).Split('\n') is [var earlier, var built] && built == marker && Directory.Exists(earlier))
            return earlier;
        Remove();

        // A name that nobody can have taken before, since /var/tmp is everyone's.
        string folder = $"/var/tmp/federation-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, ForAll);
        foreach (string file in Directory.GetFiles(output))
        {
            string copy = Path.Combine(folder, Path.GetFileName(file));
            File.Copy(file, copy);
            File.SetUnixFileMode(copy, ForAll & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        }
        // Replicas know neither DOTNET_ROOT nor the PATH of the person who started this.
        string program = Path.Combine(folder, "federation-sample");
        File.WriteAllText(program, $"#!/bin/sh\nexport DOTNET_EnableDiagnostics=0 DOTNET_hostBuilder__reloadConfigOnChange=false\nexec '{DotnetRoot}/dotnet' '{folder}/federation-sample.dll' \"$@\"\n");
        File.SetUnixFileMode(program, ForAll);
        File.WriteAllText(state.SamplePath, $"{folder}\n{marker}");
        return folder;
    }

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
