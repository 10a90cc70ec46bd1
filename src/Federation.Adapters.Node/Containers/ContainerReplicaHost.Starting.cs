using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Federation.Adapters.Images;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Images;
using Federation.Engine.Volumes;

namespace Federation.Adapters.Node.Containers;

/// <content>
/// A start goes on beside the reconciler, since an image may take minutes to come. Its outcome is an end, or a container that runs. A start that is given up
/// has an end only once the engine has said that nothing of it is left.
/// </content>
public sealed partial class ContainerReplicaHost
{
    private const int NanosPerMilli = 1_000_000;
    private const int QuietPullSeconds = 1;

    /// <inheritdoc/>
    public Task<ReplicaStart> StartAsync(ReplicaLaunch launch, CancellationToken cancellationToken)
    {
        string? refusal;
        try
        {
            refusal = Begin(launch);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusal = $"its folders could not be made: {e.Message}";
        }
        return Task.FromResult<ReplicaStart>(refusal is null ? ReplicaStart.Started.Instance : new ReplicaStart.Refused(refusal));
    }

    private string? Begin(ReplicaLaunch launch)
    {
        ReplicaRecord record = launch.Record;
        if (record.Template.Image is not { } image) return "the template has no image";
        if (_silence is { } silence) return silence;
        if (record.Singleton && !Native.IsRoot) return "a singleton in a container needs an agent that runs as root: no other could end it with the node's lease";
        ImageReference reference;
        try
        {
            reference = ImageReference.Parse(image);
        }
        catch (FormatException e)
        {
            return e.Message;
        }
        if (ContainerForm.Violation(record.Template, Api) is { } violation) return violation;
        var folder = new ContainerFolder(_containers, record.Id);
        folder.Prepare();
        foreach (string note in (string[])[folder.Child, folder.Fenced, folder.Seen]) File.Delete(note);
        if (PrepareMaterial(folder, launch) is { } rule) return rule;
        PrivateFolder.Replace(folder.Record, JsonSerializer.Serialize(record, DomainJson.Options));

        var hosted = new HostedContainer(record, folder, EngineNames.Container(_node, record.Id.Value)) { Starting = true };
        HostedContainer? earlier;
        lock (_gate)
        {
            _hosted.TryGetValue(record.Id, out earlier);
            _hosted[record.Id] = hosted;
            _ends.RemoveAll(end => end.Id == record.Id);
        }
        Track(StartInTurnAsync(hosted, earlier, new ImagePull(reference, launch.Material)));
        return null;
    }

    private string? PrepareMaterial(ContainerFolder folder, ReplicaLaunch launch)
    {
        WorkloadTemplate template = launch.Record.Template;
        if (template.Configs is not { Count: > 0 } && (template.Secrets ?? []).All(secret => ImagePulls.IsForImage(template, secret))) return null;
        // It goes on with the files that its earlier container had.
        if (Directory.Exists(folder.Home)) return null;
        if (!_machine.MemoryBacked) return $"{_machine.RuntimeDirectory} is on a disk, and secrets are laid in memory alone: give the agent a runtime folder on a tmpfs";
        if (RemapsUsers) return "this engine shifts the user ids of containers (userns-remap), so that files cannot be made its users' own: configs and secrets are not laid for it";
        if (launch.Material is null) return "its configs and secrets are gone, and its revision is no longer ordered";
        string making = folder.Home + ".new";
        foreach (string left in (string[])[making, folder.AtRoot])
            if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        foreach (string place in (string[])[making, Path.Combine(making, "configs"), Path.Combine(making, "secrets"), folder.AtRoot]) PrivateFolder.Ensure(place);
        if (MaterialFiles.Write(making, template, launch.Material, _opener, folder.Rooted) is { } refusal)
        {
            Directory.Delete(making, recursive: true);
            Directory.Delete(folder.AtRoot, recursive: true);
            return refusal;
        }
        PrivateFolder.Ensure(making, PrivateFolder.Traversable);
        foreach (FileReference config in (template.Configs ?? []).Where(static config => config.Files is null))
            OpenToReaders(making, config.Path is ['/', ..] path ? folder.Rooted(path) : Path.GetFullPath(Path.Combine(making, config.Path ?? Path.Combine("configs", config.Name))));
        Directory.Move(making, folder.Home);
        return null;
    }

    // Configs are for every user inside: many images begin as root and go on as another. Secrets stay their owner's alone.
    private static void OpenToReaders(string home, string target)
    {
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        foreach (string file in Directory.EnumerateFiles(target)) File.SetUnixFileMode(file, readable);
        File.SetUnixFileMode(target, PrivateFolder.OwnerOnly | readable | PrivateFolder.Traversable);
        for (string? above = Path.GetDirectoryName(target); above is not null && above.StartsWith(home + "/", StringComparison.Ordinal); above = Path.GetDirectoryName(above))
            File.SetUnixFileMode(above, File.GetUnixFileMode(above) | PrivateFolder.Traversable);
    }

    private async Task StartInTurnAsync(HostedContainer hosted, HostedContainer? earlier, ImagePull pull)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(hosted.Stopping.Token, _ending.Token);
        bool asked = false;
        try
        {
            await _starts.WaitAsync(stop.Token);
            try
            {
                ContainerSpec spec = await PrepareAsync(hosted, earlier, pull, stop.Token);
                stop.Token.ThrowIfCancellationRequested();
                // From here on a request is not broken off: the engine would go on with it, and leave behind what nobody looks for.
                try
                {
                    await CreateAsync(hosted, spec, _ending.Token);
                }
                catch (EngineException e) when (e.IsNotFound && hosted.Record.Template.Container?.Platform is not null)
                {
                    // What is here under its image's name is for another system or processor.
                    spec = With(spec, await FetchAsync(hosted, pull, stop.Token), pull.Image);
                    stop.Token.ThrowIfCancellationRequested();
                    await CreateAsync(hosted, spec, _ending.Token);
                }
                stop.Token.ThrowIfCancellationRequested();
                asked = true;
                await _engine.StartContainerAsync(hosted.Name, _ending.Token);
            }
            finally
            {
                _starts.Release();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The agent ends: the next one finds what came of it.
            return;
        }
        catch (OperationCanceledException)
        {
            // Whatever the engine made of the request: nothing of it may be left before this counts as ended.
            if (!await ConfirmGoneAsync(hosted)) return;
            End(hosted, null, "stopped before it began", began: false);
            return;
        }
        catch (EngineException e) when (!asked)
        {
            End(hosted, null, e.Message, began: false);
            return;
        }
        catch (EngineException e) when (e.Status is null)
        {
            // It may run: the comparison at the engine's return tells.
            Silent(e.Message);
        }
        catch (EngineException)
        {
            // The container's state tells, in the engine's own words.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            End(hosted, null, e.Message, began: false);
            return;
        }
        lock (_gate) hosted.Starting = false;
        await ObserveSafelyAsync(hosted);
        if (hosted.Stopping.IsCancellationRequested && !_ending.IsCancellationRequested) await SendAsync(hosted, hosted.Killed ? "SIGKILL" : hosted.StopSignal);
    }

    private async Task<ContainerSpec> PrepareAsync(HostedContainer hosted, HostedContainer? earlier, ImagePull pull, CancellationToken stop)
    {
        ReplicaRecord record = hosted.Record;
        await DrainAsync(earlier, stop);
        await RemoveOursAsync(hosted.Name, stop);
        _machine.Logs.Begin(record.Id);
        _machine.Logs.Expect(record.Id);
        ImageDetails image = await ResolveAsync(hosted, pull, stop);
        string told = DigestOf(image, pull.Image) ?? image.Id;
        hosted.Doing = "its container is being made";
        IReadOnlyList<JoinedNetwork> networks = await EnsureNetworksAsync(record, stop);
        IPAddress? gateway = networks[0].Gateway;
        var mounts = new List<Mount>();
        var volumes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (VolumeReference volume in record.Template.Volumes ?? [])
        {
            volumes.TryAdd(volume.Name, volume.PathInside);
            mounts.Add(new Mount
            {
                Type = "volume",
                Source = await EnsureVolumeAsync(record, volume, stop),
                Target = volume.PathInside,
                ReadOnly = volume.ReadOnly,
                VolumeOptions = volume is { NoCopy: false, SubPath: null } ? null : new MountVolume { NoCopy = volume.NoCopy, Subpath = volume.SubPath },
            });
        }
        mounts.AddRange(MaterialMounts(hosted));
        Uri? proxy = gateway is null ? null : OpenMesh(record, gateway);
        if (ReplicaEnvironment.TryMakeForContainer(record, (_, port) => InsidePort(record, port), _options.Cluster, _options.Node, ContainerFolder.InsideHome,
            _machine.MarkOf(record.Id), volumes, proxy, out string? refusal) is not { } environment) throw new IOException(refusal);
        LogRuns(_logger, record.Id, told, hosted.Name);
        return Spec(hosted, image, told, networks, mounts, environment);
    }

    private ContainerSpec Spec(HostedContainer hosted, ImageDetails image, string told, IReadOnlyList<JoinedNetwork> networks, IReadOnlyList<Mount> mounts, ReplicaEnvironment environment)
    {
        ReplicaRecord record = hosted.Record;
        ContainerTemplate? container = record.Template.Container;
        ResourceRequirements? resources = record.Template.Resources;
        var exposed = new SortedDictionary<string, EmptyObject>(StringComparer.Ordinal);
        var bindings = new SortedDictionary<string, IReadOnlyList<PortBinding>>(StringComparer.Ordinal);
        foreach (ReplicaPort port in record.Ports)
        {
            bool connects = port.Protocol.Connects();
            string inside = string.Create(CultureInfo.InvariantCulture, $"{InsidePort(record, port)}/{(connects ? "tcp" : "udp")}");
            exposed[inside] = EmptyObject.Instance;
            if (TemplateNetworks.AreClosed(record.Template)) continue;
            PortBinding[] open =
            [
                .. connects ? [new PortBinding("127.0.0.1", port.Port.ToString(CultureInfo.InvariantCulture))] : Array.Empty<PortBinding>(),
                .. record.Template.Ports!.Where(declared => declared.Name == port.Name && declared is { Publish: PublishMode.Host, PublishedPort: not null })
                    .Select(static declared => new PortBinding(declared.PublishedAddress ?? "", declared.PublishedPort!.Value.ToString(CultureInfo.InvariantCulture))),
            ];
            // For an empty list engines open a port of their choice, at every address.
            if (open.Length > 0) bindings[inside] = open;
        }
        return ContainerForm.Extend(new ContainerSpec
        {
            // Its id: a tag that moves meanwhile does not matter.
            Image = image.Id,
            Entrypoint = container?.Command is { } command ? [.. command.Select(environment.Expand)] : null,
            Cmd = container?.Arguments is { } arguments ? [.. arguments.Select(environment.Expand)] : null,
            Env = environment.ToList(),
            WorkingDir = container?.WorkingDirectory,
            User = container?.User,
            StopSignal = container?.StopSignal,
            Labels = ContainerLabels.Of(_node, _options.Plane?.Invoke(), record, told),
            ExposedPorts = exposed,
            HostConfig = new HostConfig
            {
                NetworkMode = networks[0].Name,
                PortBindings = bindings,
                Mounts = mounts,
                // When it is started again is the reconciler's.
                RestartPolicy = new("no"),
                Memory = resources?.MemoryLimit?.Value ?? 0,
                // As much as the memory alone: no swap, in which it would grow on, slowly.
                MemorySwap = resources?.MemoryLimit?.Value ?? 0,
                NanoCpus = (resources?.CpuLimit?.Value ?? 0L) * NanosPerMilli,
                CpuShares = Math.Clamp((resources?.Cpu.Value ?? 0L) * 1024 / 1000, 2, 262_144),
                SecurityOpt = ["no-new-privileges"],
                LogConfig = new LogConfig("json-file", new Dictionary<string, string> { ["max-size"] = "10m", ["max-file"] = "3" }),
            },
            NetworkingConfig = new NetworkingConfig(networks.ToDictionary(static joined => joined.Name, static joined => new EndpointConfig { Aliases = joined.Aliases }, StringComparer.Ordinal)),
        }, record.Template);
    }

    private async Task CreateAsync(HostedContainer hosted, ContainerSpec wanted, CancellationToken stop)
    {
        // An engine makes it in one network, and lets it into others before it starts.
        ILookup<bool, KeyValuePair<string, EndpointConfig>> networks = wanted.NetworkingConfig!.EndpointsConfig.ToLookup(network => network.Key == wanted.HostConfig!.NetworkMode);
        ContainerSpec spec = wanted with { NetworkingConfig = new NetworkingConfig(new Dictionary<string, EndpointConfig>(networks[true])) };
        ContainerCreated created;
        try
        {
            created = await _engine.CreateContainerAsync(hosted.Name, hosted.Record.Template.Container?.Platform, spec, stop);
        }
        catch (EngineException e) when (e.IsConflict)
        {
            // One that an earlier agent had ordered came late.
            await RemoveOursAsync(hosted.Name, stop);
            created = await _engine.CreateContainerAsync(hosted.Name, hosted.Record.Template.Container?.Platform, spec, stop);
        }
        lock (_gate)
        {
            hosted.Container = created.Id;
            hosted.Image = spec.Image;
        }
        foreach ((string network, EndpointConfig endpoint) in networks[false]) await _engine.ConnectNetworkAsync(network, created.Id, endpoint, stop);
        if (Directory.Exists(hosted.Folder.Home)) await HandOverAsync(hosted, stop);
        if (hosted.Record.Singleton) StartGuard(hosted);
    }

    // Configs and secrets become the container's user's own before it starts; nobody else can enter their folder meanwhile.
    private async Task HandOverAsync(HostedContainer hosted, CancellationToken stop)
    {
        string user = hosted.Record.Template.Container?.User ?? (await _engine.InspectImageAsync(hosted.Image!, stop)).Config?.User ?? "";
        if (await ContainerUser.FindAsync(_engine, hosted.Container!, user, stop) is not { } number)
            throw new IOException($"the user '{user}' is not in the image's /etc/passwd, so that its configs and secrets cannot be made its own: name it by number");
        WorkloadTemplate template = hosted.Record.Template;
        foreach (string place in (string[])[hosted.Folder.Home, hosted.Folder.AtRoot]) GiveAll(place, number);
        foreach ((FileTarget file, uint owner) in SingleFiles(template.Configs, 0).Concat(SingleFiles(template.Secrets, number)))
        {
            uint its = Number(file.User) ?? owner;
            Give(hosted.Folder.Rooted(file.Path), its, Number(file.Group) ?? (file.User is null ? its : 0));
        }
    }

    private static void GiveAll(string path, uint user)
    {
        foreach (string inner in Directory.EnumerateDirectories(path)) GiveAll(inner, user);
        foreach (string entry in (string[])[.. Directory.EnumerateFiles(path), path])
            if (Native.OwnerOf(entry) != user) Give(entry, user, user);
    }

    private static void Give(string path, uint user, uint group)
    {
        if (Native.ChangeOwner(path, user, group) != 0) throw new IOException($"its configs and secrets could not be given to the user {user} in the container: the agent has not the right");
    }

    private static IEnumerable<(FileTarget File, uint Owner)> SingleFiles(IReadOnlyList<FileReference>? references, uint owner) =>
        (references ?? []).SelectMany(static reference => reference.Files ?? []).Select(file => (file, owner));

    private static uint? Number(string? text) => text is null ? null : uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static IEnumerable<Mount> MaterialMounts(HostedContainer hosted)
    {
        if (!Directory.Exists(hosted.Folder.Home)) yield break;
        yield return new Mount { Type = "bind", Source = hosted.Folder.Home, Target = ContainerFolder.InsideHome, ReadOnly = true };
        WorkloadTemplate template = hosted.Record.Template;
        foreach (FileReference reference in (template.Configs ?? []).Concat(template.Secrets ?? []))
            foreach (string path in reference.Files is { } files ? files.Select(static file => file.Path) : reference.Path is ['/', ..] folder ? [folder.TrimEnd('/')] : [])
                yield return new Mount { Type = "bind", Source = hosted.Folder.Rooted(path), Target = path, ReadOnly = true };
    }

    // What is here is taken; what is not is fetched. Replicas of one revision run one image here, even if its tag moves.
    private async Task<ImageDetails> ResolveAsync(HostedContainer hosted, ImagePull pull, CancellationToken stop)
    {
        ImageReference reference = pull.Image;
        string? pinned;
        lock (_gate) pinned = _hosted.Values.FirstOrDefault(other => other != hosted && other.Image is not null && other.Record.Assignment == hosted.Record.Assignment && other.Record.Revision == hosted.Record.Revision)?.Image;
        foreach (string? candidate in (string?[])[pinned, reference.ToString()])
        {
            if (candidate is null) continue;
            try
            {
                return await _engine.InspectImageAsync(candidate, stop);
            }
            catch (EngineException e) when (e.IsNotFound)
            {
                // Not here, or not any more.
            }
        }
        return await FetchAsync(hosted, pull, stop);
    }

    private async Task<ImageDetails> FetchAsync(HostedContainer hosted, ImagePull pull, CancellationToken stop)
    {
        ImageReference reference = pull.Image;
        string? platform = hosted.Record.Template.Container?.Platform;
        hosted.Doing = $"its image {reference} is being fetched";
        RegistryLogin? login = PullSecrets.Find(hosted.Record.Template, pull.Material, _opener, reference.Registry, reference.Path, out string? refusal);
        if (refusal is not null) throw new IOException(refusal);
        login ??= _options.Logins?.Invoke(reference);
        if (login is null && pull.Material is null && hosted.Record.Template.ImagePullSecrets is { Count: > 0 }) throw new IOException($"its image {reference} is not on this machine, and the logins for it are gone: its revision is no longer ordered");
        try
        {
            long told = 0;
            await _engine.PullImageAsync(reference, platform, login is null ? null : new RegistryCredentials { Registry = reference.ServerAddress, UserName = login.UserName, Password = login.Password, IdentityToken = login.IdentityToken }, step =>
            {
                if (step.Status is null || _time.GetElapsedTime(told) < TimeSpan.FromSeconds(QuietPullSeconds)) return;
                told = _time.GetTimestamp();
                hosted.Doing = $"its image {reference} is being fetched: {step.Status}";
            }, stop);
            return await _engine.InspectImageAsync(reference.ToString(), stop);
        }
        catch (EngineException e)
        {
            throw new EngineException($"the image {reference} is not on this machine{(platform is null ? "" : $" for {platform}")}, and the registry {reference.Registry} did not give it: {e.Message}", e);
        }
    }

    private static ContainerSpec With(ContainerSpec spec, ImageDetails image, ImageReference reference) => spec with
    {
        Image = image.Id,
        Labels = new Dictionary<string, string>(spec.Labels!, StringComparer.Ordinal) { [ContainerLabels.Image] = DigestOf(image, reference) ?? image.Id },
    };

    private static string? DigestOf(ImageDetails image, ImageReference reference)
    {
        string name = reference.Registry == "docker.io" && reference.Repository.StartsWith("docker.io/", StringComparison.Ordinal) ? reference.Repository["docker.io/".Length..] : reference.Repository;
        return image.RepoDigests?.FirstOrDefault(digest => digest.StartsWith(name + "@", StringComparison.Ordinal));
    }

    // A network for each namespace: its containers find each other by their workloads' names, and no others find them.
    // One that is named as the engine has it may be another's.
    private async Task<string> EnsureVolumeAsync(ReplicaRecord record, VolumeReference volume, CancellationToken stop)
    {
        string name = volume.EngineName ?? EngineNames.Volume(_node, record.Workload.Tenant.Value, record.Workload.Namespace, volume.Name);
        var spec = new VolumeSpec { Name = name, DriverOpts = volume.DriverOptions, Labels = ContainerLabels.Of(_node, _options.Plane?.Invoke(), record) };
        VolumeDetails details = await _engine.CreateVolumeAsync(volume.Driver is { } driver ? spec with { Driver = driver } : spec, stop);
        return volume.EngineName is not null || details.Labels?.GetValueOrDefault(ContainerLabels.Node) == _node
            ? name
            : throw new IOException($"there is a volume {name} that is not this agent's: it is left alone, and not used");
    }
}
