namespace Federation.Manifests.Compose.Keys;

/// <summary>
/// What becomes of every key of a Compose file: the one truth, from which the reader takes which keys there are and what it says of each, and the reference page
/// its rows. A path has <c>&lt;name&gt;</c> for a name of the user's, <c>[]</c> for an item, <c>{a,b}</c> for several of the same sort, <c>**</c> for all below.
/// Behind it stands <c>-&gt;</c> and what it is mapped to (with <c>@</c> and the capability that a cluster needs for it, or <c>@swarm</c> where a swarm alone does it, and <c>nothing</c> among them where some values need none), <c>=</c> for what the reader itself
/// obeys, <c>~</c> for what is warned of, or <c>!</c> for what is refused, with the reason.
/// </summary>
internal static class ComposeTable
{
    public const string Text = """
        version ~ it has no meaning any more: files are read by the Compose specification
        name = the stack's name, where none is given with the command or by COMPOSE_PROJECT_NAME
        x-* = yours: kept for anchors, and otherwise left alone; x-federation is read
        include[] = the file is read as if it stood here
        include[].{path,path[],project_directory,env_file,env_file[]} = the file is read as if it stood here

        services.<name>.image -> spec.template.image
        services.<name>.command -> spec.template.container.arguments
        services.<name>.command[] -> spec.template.container.arguments
        services.<name>.entrypoint -> spec.template.container.command
        services.<name>.entrypoint[] -> spec.template.container.command
        services.<name>.working_dir -> spec.template.container.workingDirectory
        services.<name>.user -> spec.template.container.user
        services.<name>.group_add[] -> spec.template.container.groups @groups
        services.<name>.environment.<name> -> spec.template.environment
        services.<name>.environment[] -> spec.template.environment
        services.<name>.env_file -> spec.template.environment
        services.<name>.env_file[] -> spec.template.environment
        services.<name>.env_file[].{path,required,format} -> spec.template.environment
        services.<name>.labels.<name> -> spec.template.container.labels
        services.<name>.labels[] -> spec.template.container.labels
        services.<name>.label_file -> spec.template.container.labels
        services.<name>.label_file[] -> spec.template.container.labels
        services.<name>.annotations.<name> -> spec.template.annotations
        services.<name>.annotations[] -> spec.template.annotations
        services.<name>.hostname -> spec.template.container.hostname
        services.<name>.domainname -> spec.template.container.domainName
        services.<name>.init -> spec.template.container.init
        services.<name>.tty -> spec.template.container.terminal
        services.<name>.stdin_open -> spec.template.container.openInput
        services.<name>.stop_signal -> spec.template.container.stopSignal
        services.<name>.stop_grace_period -> spec.template.stopGraceSeconds
        services.<name>.read_only -> spec.template.container.readOnly @read-only-root
        services.<name>.privileged -> spec.template.container.privileged @privileged
        services.<name>.cap_add[] -> spec.template.container.capAdd @usual-capabilities, linux-capabilities
        services.<name>.cap_drop[] -> spec.template.container.capDrop @usual-capabilities
        services.<name>.security_opt[] -> spec.template.container.securityOptions @no-new-privileges, confinement
        services.<name>.sysctls.<name> -> spec.template.container.sysctls @sysctls
        services.<name>.sysctls[] -> spec.template.container.sysctls @sysctls
        services.<name>.ulimits.<name> -> spec.template.container.ulimits @ulimits
        services.<name>.ulimits.<name>.{soft,hard} -> spec.template.container.ulimits @ulimits
        services.<name>.ulimits.<name>.x-* = yours
        services.<name>.tmpfs -> spec.template.container.tmpfs @tmpfs
        services.<name>.tmpfs[] -> spec.template.container.tmpfs @tmpfs
        services.<name>.shm_size -> spec.template.container.sharedMemory @shared-memory
        services.<name>.devices[] -> spec.template.container.devices @devices
        services.<name>.devices[].{source,target,permissions} -> spec.template.container.devices @devices
        services.<name>.devices[].x-* = yours
        services.<name>.device_cgroup_rules[] -> spec.template.container.deviceRules @devices
        services.<name>.gpus -> spec.template.container.deviceRequests @device-requests
        services.<name>.gpus[].{capabilities[],count,device_ids[],driver,options.<name>,options[]} -> spec.template.container.deviceRequests @device-requests
        services.<name>.gpus.x-* = yours
        services.<name>.extra_hosts.<name> -> spec.template.container.extraHosts @names
        services.<name>.extra_hosts.<name>[] -> spec.template.container.extraHosts @names
        services.<name>.extra_hosts[] -> spec.template.container.extraHosts @names
        services.<name>.dns -> spec.template.container.dns @names
        services.<name>.dns[] -> spec.template.container.dns @names
        services.<name>.dns_opt[] -> spec.template.container.dnsOptions @names
        services.<name>.dns_search -> spec.template.container.dnsSearch @names
        services.<name>.dns_search[] -> spec.template.container.dnsSearch @names
        services.<name>.{ipc,pid,uts,userns_mode,cgroup} -> spec.template.container.namespaces @namespaces
        services.<name>.network_mode -> spec.template.container.namespaces @namespaces
        services.<name>.isolation -> spec.template.container.isolation @runtimes
        services.<name>.runtime -> spec.template.container.runtime @runtimes
        services.<name>.platform -> spec.template.container.platform
        services.<name>.logging.{driver,options.<name>} -> spec.template.container.logging @nothing, log-drivers
        services.<name>.logging.x-* = yours
        services.<name>.cpus -> spec.template.resources.cpuLimit
        services.<name>.{cpu_quota,cpu_period} -> spec.template.resources.cpuLimit
        services.<name>.mem_limit -> spec.template.resources.memoryLimit
        services.<name>.mem_reservation -> spec.template.resources.memory
        services.<name>.pids_limit -> spec.template.container.pidsLimit @pids-limit
        services.<name>.{memswap_limit,mem_swappiness,cpu_shares,cpuset,cpu_count,cpu_percent,cpu_rt_period,cpu_rt_runtime,oom_kill_disable,oom_score_adj,cgroup_parent} -> spec.template.container.tuning @tuning
        services.<name>.storage_opt -> spec.template.container.tuning @tuning
        services.<name>.storage_opt.<name> -> spec.template.container.tuning @tuning
        services.<name>.blkio_config.weight -> spec.template.container.tuning @tuning
        services.<name>.blkio_config.weight_device[].{path,weight} -> spec.template.container.tuning @tuning
        services.<name>.blkio_config.{device_read_bps,device_write_bps,device_read_iops,device_write_iops}[].{path,rate} -> spec.template.container.tuning @tuning
        services.<name>.healthcheck.test -> spec.template.healthCheck.exec
        services.<name>.healthcheck.test[] -> spec.template.healthCheck.exec
        services.<name>.healthcheck.interval -> spec.template.healthCheck.intervalSeconds
        services.<name>.healthcheck.timeout -> spec.template.healthCheck.timeoutSeconds
        services.<name>.healthcheck.retries -> spec.template.healthCheck.failureThreshold
        services.<name>.healthcheck.start_period -> spec.template.healthCheck.startSeconds
        services.<name>.healthcheck.start_interval ~ while a replica starts it is checked four times a second
        services.<name>.healthcheck.disable -> spec.template.container.noHealthCheck
        services.<name>.healthcheck.x-* = yours
        services.<name>.restart -> spec.template.restart.condition
        services.<name>.ports[] -> spec.template.ports, and a Route
        services.<name>.ports[].{target,published,protocol,app_protocol,name} -> spec.template.ports, and a Route
        services.<name>.ports[].mode -> spec.template.ports[].publish @published-ports
        services.<name>.ports[].host_ip -> spec.template.ports[].publishedAddress
        services.<name>.ports[].x-* = yours
        services.<name>.expose[] -> spec.template.ports
        services.<name>.volumes[] -> spec.template.volumes, or spec.template.container.binds and scratch @nothing, binds
        services.<name>.volumes[].{type,source,target} -> spec.template.volumes, or spec.template.container.binds, scratch and tmpfs @nothing, binds
        services.<name>.volumes[].read_only -> spec.template.volumes[].readOnly @volume-parts
        services.<name>.volumes[].consistency ~ it speeds up folders of a desktop's virtual machine, and says nothing here
        services.<name>.volumes[].bind.{create_host_path,propagation,recursive,selinux} -> spec.template.container.binds @binds
        services.<name>.volumes[].bind.x-* = yours
        services.<name>.volumes[].volume.nocopy -> spec.template.volumes[].noCopy @volume-parts
        services.<name>.volumes[].volume.subpath -> spec.template.volumes[].subPath @volume-parts
        services.<name>.volumes[].volume.{labels.<name>,labels[]} ~ a volume's labels stand where it is declared, under volumes
        services.<name>.volumes[].volume.x-* = yours
        services.<name>.volumes[].tmpfs.{size,mode} -> spec.template.container.tmpfs @tmpfs
        services.<name>.volumes[].tmpfs.x-* = yours
        services.<name>.volumes[].image.** ! a file system of an image is not mounted; copy what you need of it into a config or a volume
        services.<name>.volumes[].x-* = yours
        services.<name>.volumes_from[] ! containers do not share their volumes by name; name the volume in both services
        services.<name>.secrets[] -> spec.template.secrets @file-targets
        services.<name>.secrets[].{source,target,uid,gid,mode} -> spec.template.secrets @file-targets
        services.<name>.secrets[].x-* = yours
        services.<name>.configs[] -> spec.template.configs @file-targets
        services.<name>.configs[].{source,target,uid,gid,mode} -> spec.template.configs @file-targets
        services.<name>.configs[].x-* = yours
        services.<name>.networks[] -> spec.template.container.networks
        services.<name>.networks.<name> -> spec.template.container.networks
        services.<name>.networks.<name>.aliases[] -> spec.template.container.networks @network-names
        services.<name>.networks.<name>.{ipv4_address,ipv6_address,link_local_ips[],mac_address} -> spec.template.container.networks @network-details
        services.<name>.networks.<name>.{driver_opts.<name>,gw_priority,interface_name,priority} -> spec.template.container.networks
        services.<name>.networks.<name>.x-* = yours
        services.<name>.mac_address -> spec.template.container.networks @network-details

        services.<name>.scale -> spec.replicas
        services.<name>.deploy.replicas -> spec.replicas
        services.<name>.deploy.mode -> spec.template.container.mode @global-mode, jobs
        services.<name>.deploy.endpoint_mode -> spec.template.container.endpointMode @swarm
        services.<name>.deploy.labels.<name> -> spec.template.container.serviceLabels
        services.<name>.deploy.labels[] -> spec.template.container.serviceLabels
        services.<name>.deploy.placement.constraints[] -> spec.template.container.nodes.constraints @node-terms
        services.<name>.deploy.placement.preferences[].spread -> spec.template.container.nodes.spread @swarm
        services.<name>.deploy.placement.preferences[].x-* = yours
        services.<name>.deploy.placement.max_replicas_per_node -> spec.template.container.nodes.maxPerNode @node-terms
        services.<name>.deploy.placement.x-* = yours
        services.<name>.deploy.resources.limits.cpus -> spec.template.resources.cpuLimit
        services.<name>.deploy.resources.limits.memory -> spec.template.resources.memoryLimit
        services.<name>.deploy.resources.limits.pids -> spec.template.container.pidsLimit @pids-limit
        services.<name>.deploy.resources.limits.x-* = yours
        services.<name>.deploy.resources.reservations.cpus -> spec.template.resources.cpu
        services.<name>.deploy.resources.reservations.memory -> spec.template.resources.memory
        services.<name>.deploy.resources.reservations.devices[].{capabilities[],count,device_ids[],driver,options.<name>,options[]} -> spec.template.container.deviceRequests @device-requests
        services.<name>.deploy.resources.reservations.devices[].x-* = yours
        services.<name>.deploy.resources.reservations.generic_resources[].discrete_resource_spec.{kind,value} -> spec.template.container.genericResources @generic-resources
        services.<name>.deploy.resources.reservations.generic_resources[].discrete_resource_spec.x-* = yours
        services.<name>.deploy.resources.reservations.generic_resources[].x-* = yours
        services.<name>.deploy.resources.reservations.x-* = yours
        services.<name>.deploy.resources.x-* = yours
        services.<name>.deploy.restart_policy.condition -> spec.template.restart.condition
        services.<name>.deploy.restart_policy.delay -> spec.template.restart.backoffSeconds
        services.<name>.deploy.restart_policy.max_attempts -> spec.template.restart.maxAttempts @swarm
        services.<name>.deploy.restart_policy.window -> spec.template.restart.windowSeconds @swarm
        services.<name>.deploy.restart_policy.x-* = yours
        services.<name>.deploy.update_config.parallelism -> spec.update.maxSurge or maxUnavailable, and spec.template.container.update
        services.<name>.deploy.update_config.order -> spec.update.maxSurge or maxUnavailable, and spec.template.container.update
        services.<name>.deploy.update_config.delay -> spec.update.observeSeconds, and spec.template.container.update
        services.<name>.deploy.update_config.monitor -> spec.update.observeSeconds, and spec.template.container.update
        services.<name>.deploy.update_config.failure_action -> spec.update.onFailure, and spec.template.container.update
        services.<name>.deploy.update_config.max_failure_ratio -> spec.update.maxFailureRatio, and spec.template.container.update
        services.<name>.deploy.update_config.x-* = yours
        services.<name>.deploy.rollback_config.{parallelism,delay,failure_action,max_failure_ratio,monitor,order} -> spec.template.container.rollback
        services.<name>.deploy.rollback_config.x-* = yours
        services.<name>.deploy.x-* = yours

        services.<name>.extends = the service that it names is read first
        services.<name>.extends.{file,service} = the service that it names is read first
        services.<name>.profiles[] = the service is left out unless one of its profiles is asked for
        services.<name>.depends_on[] ~ services of a stack start together; a call that comes too early fails, and is made again
        services.<name>.depends_on.<name>.{condition,restart,required} ~ services of a stack start together; a call that comes too early fails, and is made again
        services.<name>.depends_on.<name>.x-* = yours
        services.<name>.links[] ~ services find each other by name on the networks that they share; no link is needed
        services.<name>.external_links[] ! containers outside the stack are not reached by name; give them a name in extra_hosts, or join an external network
        services.<name>.container_name ~ replicas have names of their own; callers use the service's name
        services.<name>.attach ~ output is read with: fedctl logs -f
        services.<name>.build ~ images are built elsewhere; what image names is run
        services.<name>.build.** ~ images are built elsewhere; what image names is run
        services.<name>.pull_policy ~ an image is resolved to one digest for all clusters, and fetched where it is missing
        services.<name>.pull_refresh_after ~ an image is resolved to one digest for all clusters, and fetched where it is missing
        services.<name>.develop.** ~ it is for development on one machine
        services.<name>.credential_spec.** ! no cluster here gives Windows accounts to containers
        services.<name>.models.** ! AI models are not served; run the server of the model as a service
        services.<name>.models[] ! AI models are not served; run the server of the model as a service
        services.<name>.provider.** ! programs of other tools are not run; declare what it makes as a service
        services.<name>.post_start[].** ! no commands are run in a container after its start; put them into its entrypoint
        services.<name>.pre_start[].** ! no containers are run before a start; put the commands into the entrypoint
        services.<name>.pre_stop[].** ! no commands are run before a stop; end on the stop signal within stop_grace_period
        services.<name>.use_api_socket ! the engine's socket is not handed to containers by this key; bind it as a volume if you must
        services.<name>.x-* = yours; x-federation is read

        networks.<name>.{driver,driver_opts.<name>,enable_ipv6} -> spec.template.container.networks @networks
        networks.<name>.internal -> spec.template.container.networks @closed-networks
        networks.<name>.{attachable,enable_ipv4,labels.<name>,labels[]} -> spec.template.container.networks
        networks.<name>.name -> spec.template.container.networks
        networks.<name>.external -> spec.template.container.networks @foreign-networks
        networks.<name>.external.name -> spec.template.container.networks @foreign-networks
        networks.<name>.external.x-* = yours
        networks.<name>.ipam.{driver,options.<name>} -> spec.template.container.networks
        networks.<name>.ipam.config[].{subnet,ip_range,gateway,aux_addresses.<name>} -> spec.template.container.networks @networks
        networks.<name>.ipam.config[].x-* = yours
        networks.<name>.ipam.x-* = yours
        networks.<name>.x-* = yours

        volumes.<name>.name -> spec.template.volumes[].engineName @volume-drivers
        volumes.<name>.driver -> spec.template.volumes[].driver @volume-drivers
        volumes.<name>.driver_opts.<name> -> spec.template.volumes[].driverOptions @volume-drivers
        volumes.<name>.labels.<name> -> metadata.annotations
        volumes.<name>.labels[] -> metadata.annotations
        volumes.<name>.external -> spec.template.volumes[].name
        volumes.<name>.external.name -> spec.template.volumes[].name
        volumes.<name>.external.x-* = yours
        volumes.<name>.x-* = yours; x-federation is read

        configs.<name>.{content,environment,file} -> spec.data
        configs.<name>.name -> metadata.name
        configs.<name>.labels.<name> -> metadata.annotations
        configs.<name>.labels[] -> metadata.annotations
        configs.<name>.external -> spec.template.configs[].name
        configs.<name>.external.name -> spec.template.configs[].name
        configs.<name>.template_driver ! templates are not filled in by clusters; write the values, or use interpolation
        configs.<name>.x-* = yours

        secrets.<name>.{environment,file} -> spec.data
        secrets.<name>.name -> metadata.name
        secrets.<name>.labels.<name> -> metadata.annotations
        secrets.<name>.labels[] -> metadata.annotations
        secrets.<name>.external -> spec.template.secrets[].name
        secrets.<name>.external.name -> spec.template.secrets[].name
        secrets.<name>.driver ! secrets are kept by the plane, and fetched from no other store
        secrets.<name>.driver_opts.<name> ! secrets are kept by the plane, and fetched from no other store
        secrets.<name>.template_driver ! templates are not filled in by clusters; write the values
        secrets.<name>.x-* = yours

        models.<name>.** ! AI models are not served; run the server of the model as a service
        """;
}
