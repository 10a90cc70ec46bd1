namespace Federation.Storage.Tests.CrashProof;

/// <summary>What a crash leaves of what was written but not synced.</summary>
internal enum Loss
{
    /// <summary>Nothing is lost: the process died, the machine did not.</summary>
    Nothing,

    /// <summary>Everything unsynced is lost.</summary>
    Everything,

    /// <summary>The last unsynced write is cut after some of its sectors.</summary>
    TornLast,

    /// <summary>Any of the unsynced sectors are lost, in whatever order the disk had them.</summary>
    Scattered,
}

/// <summary>Plays a recording forward and says what is on the disk if it is cut here.</summary>
internal sealed class CrashDisk
{
    private const int Sector = 512;
    private readonly SortedDictionary<string, byte[]> _durable = new(StringComparer.Ordinal);
    private readonly List<DiskOperation> _unsynced = [];

    /// <summary>A disk on which the files exist, empty and synced.</summary>
    public CrashDisk(params string[] files)
    {
        foreach (string file in files) _durable[file] = [];
    }

    public void Play(DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.Sync sync:
                Settle(pending => pending is DiskOperation.Delete ? sync.WithFolder : FileOf(pending) == sync.File);
                break;
            case DiskOperation.Delete delete:
                // What was still unsynced of a deleted file no longer matters.
                _unsynced.RemoveAll(pending => FileOf(pending) == delete.File && pending is not DiskOperation.Delete);
                _unsynced.Add(delete);
                if (delete.WithFolder) Settle(pending => pending is DiskOperation.Delete);
                break;
            case DiskOperation.Write or DiskOperation.Truncate:
                _unsynced.Add(operation);
                break;
        }
    }

    private void Settle(Predicate<DiskOperation> which)
    {
        foreach (var pending in _unsynced.Where(pending => which(pending))) Apply(_durable, pending);
        _unsynced.RemoveAll(which);
    }

    /// <summary>The files after a crash.</summary>
    public SortedDictionary<string, byte[]> Cut(Loss loss, Random random)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string name, byte[] content) in _durable) files[name] = (byte[])content.Clone();
        // A file that was deleted and made again is another file under the name: with the deletion lost, the old one is found, and none of the new one's writes.
        var undeleted = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < _unsynced.Count; i++)
        {
            var operation = _unsynced[i];
            if (undeleted.Contains(FileOf(operation))) continue;
            bool last = i == _unsynced.Count - 1;
            switch (loss)
            {
                case Loss.Nothing:
                case Loss.TornLast when !last:
                    Apply(files, operation);
                    break;
                case Loss.TornLast when operation is DiskOperation.Write write:
                    foreach (var part in Sectors(write).Take(random.Next(SectorCount(write)))) Apply(files, part);
                    break;
                case Loss.Scattered when operation is DiskOperation.Write write:
                    foreach (var part in Sectors(write).Where(_ => random.Next(2) == 0)) Apply(files, part);
                    break;
                case Loss.Scattered when random.Next(2) == 0:
                    Apply(files, operation);
                    break;
                case Loss.Scattered when operation is DiskOperation.Delete delete:
                    undeleted.Add(delete.File);
                    break;
            }
        }
        return files;
    }

    private static int SectorCount(DiskOperation.Write write) => Sectors(write).Count();

    /// <summary>The write in pieces that end where the disk's sectors end.</summary>
    private static IEnumerable<DiskOperation.Write> Sectors(DiskOperation.Write write)
    {
        for (int done = 0; done < write.Bytes.Length;)
        {
            int size = (int)Math.Min(write.Bytes.Length - done, Sector - ((write.Offset + done) % Sector));
            yield return new(write.File, write.Offset + done, write.Bytes[done..(done + size)]);
            done += size;
        }
    }

    private static string FileOf(DiskOperation operation) => operation switch
    {
        DiskOperation.Write write => write.File,
        DiskOperation.Truncate truncate => truncate.File,
        DiskOperation.Delete delete => delete.File,
        _ => throw new InvalidOperationException($"{operation} is never pending."),
    };

    private static void Apply(SortedDictionary<string, byte[]> files, DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.Write write:
                byte[] content = files.GetValueOrDefault(write.File, []);
                if (content.Length < write.Offset + write.Bytes.Length) Array.Resize(ref content, (int)write.Offset + write.Bytes.Length);
                write.Bytes.CopyTo(content, (int)write.Offset);
                files[write.File] = content;
                break;
            case DiskOperation.Truncate truncate:
                byte[] cut = files.GetValueOrDefault(truncate.File, []);
                Array.Resize(ref cut, (int)truncate.Size);
                files[truncate.File] = cut;
                break;
            case DiskOperation.Delete delete:
                files.Remove(delete.File);
                break;
        }
    }
}
