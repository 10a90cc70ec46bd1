using Federation.Contracts.V1;
using Federation.Security.Files;
using Google.Protobuf;

namespace Federation.Agent.Node;

/// <summary>The file with the declarations behind this agent's orders, as Placement last told them.</summary>
/// <param name="folder">Where <c>keepsake</c> lies, owner-only.</param>
/// <param name="logger">Where a damaged file is told.</param>
public sealed partial class KeepsakeFile(string folder, ILogger<KeepsakeFile> logger)
{
    private string Path => System.IO.Path.Combine(folder, "keepsake");

    /// <summary>Puts it in the place of the one before; durable before it returns.</summary>
    public void Write(Keepsake keepsake)
    {
        DurableFile.EnsurePrivateFolder(folder);
        DurableFile.Replace(Path, keepsake.ToByteArray());
    }

    /// <summary>What was kept.</summary>
    public Keepsake Read()
    {
        if (!File.Exists(Path)) return new Keepsake();
        try
        {
            return Keepsake.Parser.ParseFrom(File.ReadAllBytes(Path));
        }
        catch (InvalidProtocolBufferException e)
        {
            // The orders still say what runs; only the declarations behind them are lost here, and other nodes may have them.
            LogDamaged(logger, Path, e.Message);
            return new Keepsake();
        }
    }

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "{File} is damaged ({Reason}): the declarations that were kept in it are not told to the plane")]
    private static partial void LogDamaged(ILogger logger, string file, string reason);
}
