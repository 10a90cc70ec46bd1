using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Federation.Storage.Tests.CrashProof;

/// <summary>
/// A SQLite virtual file system that passes everything on to the system's and records what changes the disk.
/// The structures are those of sqlite3.h ("OS Interface Object", "OS Interface File Virtual Methods Object"), whose layout is fixed by SQLite's promise of compatibility.
/// </summary>
internal sealed unsafe partial class RecordingFileSystem
{
    private const int OpenCreate = 0x4;
    private const int OpenJournals = 0x800 | 0x4000 | 0x80000; // main journal, super-journal, write-ahead log
    private static readonly ConcurrentDictionary<nint, RecordingFileSystem> Systems = new();
    private static readonly ConcurrentDictionary<nint, OpenFile> Files = new();
    private static readonly ConcurrentDictionary<nint, nint> MethodsOf = new();
    private static int _made;

    private readonly Lock _gate = new();
    private readonly List<DiskOperation> _operations = [];
    private readonly Vfs* _system;

    public RecordingFileSystem()
    {
        _system = Find(null);
        Name = $"recording-{Interlocked.Increment(ref _made)}";
        // Never freed: SQLite keeps the pointer for the life of the process.
        var own = (Vfs*)NativeMemory.AllocZeroed((nuint)sizeof(Vfs));
        *own = *_system;
        own->Next = null;
        own->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        own->Open = &Open;
        own->Delete = &Delete;
        Systems[(nint)own] = this;
        Assert.Equal(0, Register(own, 0));
    }

    /// <summary>What SQLite knows it by.</summary>
    public string Name { get; }

    /// <summary>Answers an operation with a SQLite error code instead of doing it; 0 lets it pass.</summary>
    public Func<DiskOperation, int>? Fault { get; set; }

    public IReadOnlyList<DiskOperation> Operations
    {
        get
        {
            lock (_gate) return [.. _operations];
        }
    }

    public void Record(DiskOperation operation)
    {
        lock (_gate) _operations.Add(operation);
    }

    private static string Text(byte* name) => Path.GetFileName(Marshal.PtrToStringUTF8((nint)name)!);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, FileHead* file, int flags, int* outFlags)
    {
        var self = Systems[(nint)vfs];
        int code = self._system->Open(self._system, name, file, flags, outFlags);
        if (code != 0 || name is null || file->Methods is null) return code;
        var original = file->Methods;
        Files[(nint)file] = new(self, Text(name), (nint)original) { SyncsFolder = (flags & OpenCreate) != 0 && (flags & OpenJournals) != 0 };
        file->Methods = (IoMethods*)MethodsOf.GetOrAdd((nint)original, static pointer =>
        {
            var copy = (IoMethods*)NativeMemory.AllocZeroed((nuint)sizeof(IoMethods));
            *copy = *(IoMethods*)pointer;
            copy->Close = &Close;
            copy->Write = &Write;
            copy->Truncate = &Truncate;
            copy->Sync = &Sync;
            return (nint)copy;
        });
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(Vfs* vfs, byte* name, int syncFolder)
    {
        var self = Systems[(nint)vfs];
        return self.Do(new DiskOperation.Delete(Text(name), syncFolder != 0), () => self._system->Delete(self._system, name, syncFolder));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(FileHead* file)
    {
        Files.TryRemove((nint)file, out var open);
        return open!.Original->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(FileHead* file, byte* bytes, int count, long offset)
    {
        var open = Files[(nint)file];
        return open.System.Do(new DiskOperation.Write(open.Name, offset, new ReadOnlySpan<byte>(bytes, count).ToArray()), () => open.Original->Write(file, bytes, count, offset));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(FileHead* file, long size)
    {
        var open = Files[(nint)file];
        return open.System.Do(new DiskOperation.Truncate(open.Name, size), () => open.Original->Truncate(file, size));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(FileHead* file, int flags)
    {
        var open = Files[(nint)file];
        int code = open.System.Do(new DiskOperation.Sync(open.Name, open.SyncsFolder), () => open.Original->Sync(file, flags));
        if (code == 0) open.SyncsFolder = false;
        return code;
    }

    private int Do(DiskOperation operation, Func<int> original)
    {
        int fault = Fault?.Invoke(operation) ?? 0;
        if (fault != 0) return fault;
        int code = original();
        if (code == 0) Record(operation);
        return code;
    }

    [LibraryImport("libsqlite3.so.0", EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Vfs* Find(string? name);

    [LibraryImport("libsqlite3.so.0", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(Vfs* vfs, int makeDefault);

    private sealed class OpenFile(RecordingFileSystem system, string name, nint original)
    {
        public RecordingFileSystem System { get; } = system;

        public string Name { get; } = name;

        /// <summary>SQLite's unix layer syncs the folder at the first sync of a journal or write-ahead log that it may have made (os_unix.c, UNIXFILE_DIRSYNC).</summary>
        public bool SyncsFolder { get; set; }

        public IoMethods* Original => (IoMethods*)original;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FileHead
    {
        public IoMethods* Methods;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoMethods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<FileHead*, int> Close;
        public nint Read;
        public delegate* unmanaged[Cdecl]<FileHead*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<FileHead*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<FileHead*, int, int> Sync;
        public nint FileSize, Lock, Unlock, CheckReservedLock, FileControl, SectorSize, DeviceCharacteristics;
        public nint ShmMap, ShmLock, ShmBarrier, ShmUnmap;
        public nint Fetch, Unfetch;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version, FileSize, MaxPathname;
        public Vfs* Next;
        public byte* Name;
        public nint AppData;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, FileHead*, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public nint Access, FullPathname, DlOpen, DlError, DlSym, DlClose, Randomness, Sleep, CurrentTime, GetLastError;
        public nint CurrentTimeInt64;
        public nint SetSystemCall, GetSystemCall, NextSystemCall;
    }
}
