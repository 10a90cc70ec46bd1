namespace Federation.Domain.Observation;

/// <summary>Names of what a cluster can run and enforce.</summary>
public static class Capability
{
    /// <summary>Runs the process form.</summary>
    public const string Process = "process";

    /// <summary>Runs the image form.</summary>
    public const string Image = "image";

    /// <summary>Enforces memory limits.</summary>
    public const string MemoryLimit = "memory-limit";

    /// <summary>Enforces CPU limits.</summary>
    public const string CpuLimit = "cpu-limit";

    /// <summary>Keeps tenants apart by user ids.</summary>
    public const string TenantIsolation = "tenant-isolation";

    /// <summary>Stops a singleton of its own when its lease ends.</summary>
    public const string Fencing = "fencing";

    /// <summary>Holds named volumes.</summary>
    public const string Volumes = "volumes";

    /// <summary>Takes Linux capabilities away, and gives back those that containers usually have.</summary>
    public const string UsualCapabilities = "usual-capabilities";

    /// <summary>Gives a container Linux capabilities beyond the usual ones.</summary>
    public const string LinuxCapabilities = "linux-capabilities";

    /// <summary>Gives a container every right on the machine.</summary>
    public const string Privileged = "privileged";

    /// <summary>Keeps a program from gaining rights that its container does not have.</summary>
    public const string NoNewPrivileges = "no-new-privileges";

    /// <summary>Sets other options of a container's confinement, which may take it away.</summary>
    public const string Confinement = "confinement";

    /// <summary>Sets kernel settings of a container.</summary>
    public const string Sysctls = "sysctls";

    /// <summary>Limits a container user's resources.</summary>
    public const string Ulimits = "ulimits";

    /// <summary>Limits processes.</summary>
    public const string PidsLimit = "pids-limit";

    /// <summary>Sets the size of /dev/shm.</summary>
    public const string SharedMemory = "shared-memory";

    /// <summary>Shares memory, processor and disk by weights and finer limits.</summary>
    public const string Tuning = "tuning";

    /// <summary>Keeps a container's root file system read-only.</summary>
    public const string ReadOnlyRoot = "read-only-root";

    /// <summary>Mounts file systems in memory.</summary>
    public const string Tmpfs = "tmpfs";

    /// <summary>Shows folders of the machine inside.</summary>
    public const string Binds = "binds";

    /// <summary>Gives each replica empty folders of its own.</summary>
    public const string Scratch = "scratch";

    /// <summary>Shows volumes read-only, in part, or without a copy of what the image has.</summary>
    public const string VolumeParts = "volume-parts";

    /// <summary>Makes volumes by a driver that is named.</summary>
    public const string VolumeDrivers = "volume-drivers";

    /// <summary>Lays single files of configs and secrets at paths of their own.</summary>
    public const string FileTargets = "file-targets";

    /// <summary>Hands devices of the machine to a container.</summary>
    public const string Devices = "devices";

    /// <summary>Hands out devices by a driver, such as GPUs.</summary>
    public const string DeviceRequests = "device-requests";

    /// <summary>Counts resources that nodes declare by name.</summary>
    public const string GenericResources = "generic-resources";

    /// <summary>Fetches images with logins that come with an order.</summary>
    public const string PullSecrets = "pull-secrets";

    /// <summary>Resolves names by fixed addresses and by name servers of a container's own.</summary>
    public const string Names = "names";

    /// <summary>Finds a workload by further names in a network.</summary>
    public const string NetworkNames = "network-names";

    /// <summary>Keeps networks closed that workloads name so: nothing outside is reached from them, nor reaches what is in no other.</summary>
    public const string ClosedNetworks = "closed-networks";

    /// <summary>Makes networks as workloads shape them: encrypted ones, of given ranges of addresses.</summary>
    public const string Networks = "networks";

    /// <summary>Lets workloads into networks that the cluster has already.</summary>
    public const string ForeignNetworks = "foreign-networks";

    /// <summary>Gives containers addresses that they name, and makes networks by drivers and options that reach beyond the workload.</summary>
    public const string NetworkDetails = "network-details";

    /// <summary>Lets a container share the machine's name spaces.</summary>
    public const string Namespaces = "namespaces";

    /// <summary>Opens ports on the machines of the cluster.</summary>
    public const string PublishedPorts = "published-ports";

    /// <summary>Carries datagrams to a container.</summary>
    public const string Datagrams = "datagrams";

    /// <summary>Chooses nodes by terms, and spreads replicas over them.</summary>
    public const string NodeTerms = "node-terms";

    /// <summary>Runs one replica on each node.</summary>
    public const string GlobalMode = "global-mode";

    /// <summary>Runs one replica on each node to its end.</summary>
    public const string GlobalJobs = "global-jobs";

    /// <summary>Runs replicas to their end, and tells how they ended.</summary>
    public const string Jobs = "jobs";

    /// <summary>Keeps a volume to one at a time of the replicas that run to their end.</summary>
    public const string JobVolumes = "job-volumes";

    /// <summary>Tells replicas that run to their end apart by numbers.</summary>
    public const string NumberedJobs = "numbered-jobs";

    /// <summary>Begins work by the clock.</summary>
    public const string Schedules = "schedules";

    /// <summary>Keeps as many replicas ready as an order says through what the cluster does of its own accord, as when one of its nodes is drained.</summary>
    public const string DisruptionBudgets = "disruption-budgets";

    /// <summary>Runs a container by a runtime or isolation that is named.</summary>
    public const string Runtimes = "runtimes";

    /// <summary>Puts a container's user into further groups.</summary>
    public const string Groups = "groups";

    /// <summary>Lays fields into the objects of a Kubernetes cluster, and makes the kind of object that a workload names.</summary>
    public const string KubernetesFields = "kubernetes-fields";

    /// <summary>Lays fields into the objects of a Kubernetes cluster that reach its machines.</summary>
    public const string KubernetesRights = "kubernetes-rights";

    /// <summary>Sends a container's output on by a log driver that is named.</summary>
    public const string LogDrivers = "log-drivers";
}
