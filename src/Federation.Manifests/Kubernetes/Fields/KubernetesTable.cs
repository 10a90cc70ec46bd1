namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>
/// What becomes of every field of a Kubernetes manifest: the one truth, from which the reader takes which fields there are and what it says of each, and the reference
/// page its rows. A section in <c>[ ]</c> is a kind, or what several kinds share; <c>use SECTION PREFIX</c> takes one in. A path has <c>&lt;name&gt;</c> for a name of
/// the user's, <c>[]</c> for an item, <c>{a,b}</c> for several of the same sort, <c>**</c> for all below. Behind it stands <c>-&gt;</c> and what it is mapped to,
/// <c>=</c> for what the reader itself obeys, <c>^</c> for what is carried and keeps its workload on Kubernetes clusters, <c>&gt;</c> for what is carried to them and
/// means something elsewhere too, <c>&gt;&gt;</c> for what means nothing elsewhere, <c>~</c> for what is warned of, <c>!</c> for what is refused, each with the reason,
/// and <c>.</c> for a part of what a path above says.
/// </summary>
internal static class KubernetesTable
{
    /// <summary>Of fields that a server writes, whatever stands in them.</summary>
    public const string OfServer = "a server has written it";

    public const string Text = """
        [Named]
        apiVersion = tells what the document is
        kind = tells what the document is
        status.** = a cluster has written it
        metadata.name = names it in messages
        metadata.namespace = the workloads that it is for are in it
        metadata.generateName ! a name that a server makes up is not found again by the next apply; write metadata.name
        metadata.{creationTimestamp,deletionTimestamp,deletionGracePeriodSeconds,generation,resourceVersion,selfLink,uid,clusterName} = a server has written it
        metadata.managedFields.** = a server has written it
        metadata.ownerReferences[].** ~ what belongs together here carries the same label federation/stack
        metadata.finalizers[] ~ no object of the plane waits for another program before it goes

        [Object]
        use Named
        metadata.name -> metadata.name
        metadata.namespace -> metadata.namespace
        metadata.labels.<name> -> metadata.labels
        metadata.annotations.<name> -> metadata.annotations

        [Unmade]
        use Named
        metadata.{labels,annotations}.<name> = the object itself is not made

        [Beside]
        use Named
        metadata.{labels,annotations}.<name> >>

        [Selector]
        matchLabels.<name> .
        matchExpressions[].{key,operator,values[]} .

        [Probe]
        exec.command[] .
        httpGet.{host,path,port,scheme} .
        httpGet.httpHeaders[].{name,value} .
        tcpSocket.{host,port} .
        grpc.{port,service} .
        {initialDelaySeconds,periodSeconds,timeoutSeconds,successThreshold,failureThreshold,terminationGracePeriodSeconds} .

        [Claim]
        accessModes[] > elsewhere a volume is on one node, or shared by those that see it
        storageClassName > elsewhere the machine holds it
        {volumeMode,volumeAttributesClassName} > elsewhere a volume is a folder
        resources.** > elsewhere a volume has no limit of its own
        resources.requests.<name> .
        resources.limits.<name> .
        volumeName ^ elsewhere no volume is made beforehand
        selector.** ^ elsewhere no volume is made beforehand
        use Selector selector.
        dataSource.** ^ elsewhere a volume begins empty
        dataSource.{apiGroup,kind,name} .
        dataSourceRef.** ^ elsewhere a volume begins empty

        [PodMetadata]
        labels.<name> -> spec.template.container.labels
        annotations.<name> -> spec.template.annotations
        {name,generateName,namespace} ~ pods are named by what makes them, and lie in its namespace
        {creationTimestamp,deletionTimestamp,deletionGracePeriodSeconds,generation,resourceVersion,selfLink,uid,clusterName} = a server has written it
        managedFields.** = a server has written it
        ownerReferences[].** ~ pods belong to what makes them
        finalizers[] ^ elsewhere nothing waits for another program before a replica goes

        [Container]
        name >>
        image -> spec.template.image
        command[] -> spec.template.container.command
        args[] -> spec.template.container.arguments
        workingDir -> spec.template.container.workingDirectory
        env[].{name,value} -> spec.template.environment
        env[].valueFrom.configMapKeyRef.{name,key} -> spec.template.environment where the ConfigMap is among the files; else kept
        env[].valueFrom.configMapKeyRef.optional = a key that is not there is left out
        env[].valueFrom.secretKeyRef.{name,key,optional} ^ elsewhere no secret is put into a variable; mount it as a file to run everywhere
        env[].valueFrom.fieldRef.{apiVersion,fieldPath} ^ elsewhere a replica is told about itself by variables named FEDERATION_...
        env[].valueFrom.resourceFieldRef.{containerName,divisor,resource} ^ elsewhere no variable tells a limit
        env[].valueFrom.fileKeyRef.** ^ elsewhere no variable is read from a file
        envFrom[].prefix -> spec.template.environment
        envFrom[].configMapRef.name -> spec.template.environment where the ConfigMap is among the files; else kept
        envFrom[].configMapRef.optional = a ConfigMap that is not among the files is the cluster's to look for
        envFrom[].secretRef.{name,optional} ^ elsewhere no secret is put into a variable; mount it as a file to run everywhere
        ports[].{name,containerPort,protocol} -> spec.template.ports
        ports[].hostPort -> spec.template.ports[].publishedPort
        ports[].hostIP -> spec.template.ports[].publishedAddress
        resources.requests.<name> -> spec.template.resources for cpu and memory; carried for ephemeral-storage; else kept
        resources.limits.<name> -> spec.template.resources for cpu and memory; carried for ephemeral-storage; else kept
        resources.claims[].** ^ elsewhere no device is claimed
        resizePolicy.** > elsewhere a changed limit is a new revision
        restartPolicy ^ elsewhere a replica has one restart policy
        restartPolicyRules.** ^ elsewhere a replica has one restart policy
        readinessProbe.exec.command[] -> spec.template.healthCheck.exec
        readinessProbe.httpGet.{path,port} -> spec.template.healthCheck.http
        readinessProbe.tcpSocket.port -> spec.template.healthCheck.tcp
        readinessProbe.periodSeconds -> spec.template.healthCheck.intervalSeconds
        readinessProbe.timeoutSeconds -> spec.template.healthCheck.timeoutSeconds
        readinessProbe.failureThreshold -> spec.template.healthCheck.failureThreshold
        readinessProbe.initialDelaySeconds -> spec.template.healthCheck.startSeconds; carried too
        readinessProbe.successThreshold > elsewhere one success makes a replica ready
        readinessProbe.terminationGracePeriodSeconds > elsewhere a check ends nothing
        readinessProbe.httpGet.scheme -> spec.template.healthCheck.http, or tcp for HTTPS
        readinessProbe.httpGet.host > elsewhere a check goes to the replica
        readinessProbe.httpGet.httpHeaders.** > elsewhere a check sends no headers of its own
        readinessProbe.httpGet.httpHeaders[].{name,value} .
        readinessProbe.tcpSocket.host > elsewhere a check goes to the replica
        readinessProbe.grpc.{port,service} > elsewhere the port is asked for a connection
        startupProbe.** > elsewhere a replica has startSeconds to become ready
        startupProbe.{failureThreshold,periodSeconds,initialDelaySeconds} -> spec.template.healthCheck.startSeconds
        startupProbe.{timeoutSeconds,successThreshold,terminationGracePeriodSeconds} .
        startupProbe.exec.command[] .
        startupProbe.httpGet.{host,path,port,scheme} .
        startupProbe.httpGet.httpHeaders[].{name,value} .
        startupProbe.tcpSocket.{host,port} .
        startupProbe.grpc.{port,service} .
        livenessProbe.** > elsewhere a replica that hangs loses its traffic, and is not ended
        use Probe livenessProbe.
        lifecycle.postStart.** ^ elsewhere nothing is run in a container after its start
        lifecycle.postStart.exec.command[] .
        lifecycle.postStart.sleep.seconds .
        lifecycle.postStart.httpGet.{host,path,port,scheme} .
        lifecycle.postStart.httpGet.httpHeaders[].{name,value} .
        lifecycle.postStart.tcpSocket.{host,port} .
        lifecycle.preStop.** ^ elsewhere nothing is run before a stop, but for a sleep
        lifecycle.preStop.exec.command[] -> spec.template.drainSeconds where it sleeps; else kept
        lifecycle.preStop.sleep.seconds -> spec.template.drainSeconds
        lifecycle.preStop.httpGet.{host,path,port,scheme} .
        lifecycle.preStop.httpGet.httpHeaders[].{name,value} .
        lifecycle.preStop.tcpSocket.{host,port} .
        lifecycle.stopSignal -> spec.template.container.stopSignal
        imagePullPolicy > an image is resolved to one digest for all clusters, and elsewhere fetched where it is missing
        {terminationMessagePath,terminationMessagePolicy} >>
        stdin -> spec.template.container.openInput
        stdinOnce > elsewhere standard input stays open
        tty -> spec.template.container.terminal
        volumeMounts[].{name,mountPath,readOnly,subPath} -> spec.template.volumes, configs, secrets, or spec.template.container.scratch, tmpfs and binds
        volumeMounts[].mountPropagation -> spec.template.container.binds[].propagation
        volumeMounts[].subPathExpr ^ elsewhere no path is made of variables
        volumeMounts[].recursiveReadOnly ^ elsewhere mounts below a folder are as they are
        volumeDevices[].{devicePath,name} ^ elsewhere a volume is a folder
        securityContext.runAsUser -> spec.template.container.user
        securityContext.runAsGroup -> spec.template.container.user
        securityContext.runAsNonRoot > elsewhere nothing looks whether an image runs as root
        securityContext.readOnlyRootFilesystem -> spec.template.container.readOnly
        securityContext.privileged -> spec.template.container.privileged
        securityContext.capabilities.add[] -> spec.template.container.capAdd
        securityContext.capabilities.drop[] -> spec.template.container.capDrop
        securityContext.allowPrivilegeEscalation -> spec.template.container.securityOptions
        securityContext.seccompProfile.** ^ elsewhere programs run under the profile of the engine, which is what RuntimeDefault says
        securityContext.seccompProfile.{type,localhostProfile} .
        securityContext.appArmorProfile.** ^ elsewhere confinement is the machine's own
        securityContext.procMount ^ elsewhere /proc is as engines mount it
        securityContext.seLinuxOptions.** ^ elsewhere confinement is the machine's own
        securityContext.seLinuxOptions.{level,role,type,user} .
        securityContext.windowsOptions.** ^ elsewhere there are no Windows containers
        securityContext.windowsOptions.{gmsaCredentialSpec,gmsaCredentialSpecName,runAsUserName} .

        [Pod]
        use Container containers[].
        initContainers.** ^ elsewhere nothing runs before a replica
        ephemeralContainers.** ! no manifest starts them; enter a replica with: fedctl exec
        volumes[].name -> spec.template.volumes, configs, secrets, or spec.template.container.scratch, tmpfs and binds
        volumes[].emptyDir.medium -> spec.template.container.tmpfs
        volumes[].emptyDir.sizeLimit -> spec.template.container.tmpfs[].size for memory; warned of otherwise
        volumes[].hostPath.path -> spec.template.container.binds[].source
        volumes[].hostPath.type -> spec.template.container.binds[].create
        volumes[].configMap.name -> spec.template.configs
        volumes[].configMap.items[].{key,path,mode} -> spec.template.configs[].files
        volumes[].configMap.defaultMode -> spec.template.configs[].files[].mode
        volumes[].configMap.optional = what is not among the files is left out
        volumes[].secret.secretName -> spec.template.secrets
        volumes[].secret.items[].{key,path,mode} -> spec.template.secrets[].files
        volumes[].secret.defaultMode -> spec.template.secrets[].files[].mode
        volumes[].secret.optional = what is not among the files is left out
        volumes[].persistentVolumeClaim.claimName -> spec.template.volumes
        volumes[].persistentVolumeClaim.readOnly -> spec.template.volumes[].readOnly
        volumes[].{projected,downwardAPI,ephemeral,nfs,csi,image}.** ^ elsewhere there is no such volume
        volumes[].{awsElasticBlockStore,azureDisk,azureFile,cephfs,cinder,fc,flexVolume,flocker,gcePersistentDisk,gitRepo,glusterfs,iscsi,photonPersistentDisk,portworxVolume,quobyte,rbd,scaleIO,storageos,vsphereVolume}.** ^ elsewhere there is no such volume
        restartPolicy -> spec.template.restart.condition
        terminationGracePeriodSeconds -> spec.template.stopGraceSeconds
        activeDeadlineSeconds ^ elsewhere nothing ends a replica after a time
        hostname -> spec.template.container.hostname
        subdomain ^ elsewhere a replica has no name of its own for others
        hostnameOverride ^ elsewhere a replica has no name of its own for others
        setHostnameAsFQDN ^ elsewhere a replica has no name of its own for others
        hostAliases[].{ip,hostnames[]} -> spec.template.container.extraHosts
        hostNetwork -> spec.template.container.namespaces.network
        hostPID -> spec.template.container.namespaces.pid
        hostIPC -> spec.template.container.namespaces.ipc
        hostUsers ^ elsewhere users of a container are those of the machine or not, as the engine says
        shareProcessNamespace ^ elsewhere a replica is one container
        dnsPolicy > elsewhere names are resolved as the cluster does it
        dnsConfig.nameservers[] -> spec.template.container.dns
        dnsConfig.searches[] -> spec.template.container.dnsSearch
        dnsConfig.options[].{name,value} -> spec.template.container.dnsOptions
        nodeName ^ elsewhere the plane chooses the node
        nodeSelector.** ^ elsewhere nodes have other labels; choose clusters by a placement policy
        nodeSelector.<name> .
        affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.** ^ elsewhere nodes have other labels; choose clusters by a placement policy
        affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[].{matchExpressions,matchFields}[].{key,operator,values[]} .
        affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution.** > elsewhere the plane chooses the node
        affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight .
        affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].preference.{matchExpressions,matchFields}[].{key,operator,values[]} .
        affinity.{podAffinity,podAntiAffinity}.requiredDuringSchedulingIgnoredDuringExecution.** ^ elsewhere the plane alone says which replicas share a node
        affinity.{podAffinity,podAntiAffinity}.requiredDuringSchedulingIgnoredDuringExecution[].{topologyKey,namespaces[],matchLabelKeys[],mismatchLabelKeys[]} .
        use Selector affinity.{podAffinity,podAntiAffinity}.requiredDuringSchedulingIgnoredDuringExecution[].{labelSelector,namespaceSelector}.
        affinity.{podAffinity,podAntiAffinity}.preferredDuringSchedulingIgnoredDuringExecution.** > elsewhere the plane spreads replicas over nodes
        affinity.{podAffinity,podAntiAffinity}.preferredDuringSchedulingIgnoredDuringExecution[].weight .
        affinity.{podAffinity,podAntiAffinity}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm.{topologyKey,namespaces[],matchLabelKeys[],mismatchLabelKeys[]} .
        use Selector affinity.{podAffinity,podAntiAffinity}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm.{labelSelector,namespaceSelector}.
        topologySpreadConstraints.** > elsewhere the plane spreads replicas over nodes and clusters, by a placement policy
        topologySpreadConstraints[].{maxSkew,topologyKey,whenUnsatisfiable,minDomains,nodeAffinityPolicy,nodeTaintsPolicy,matchLabelKeys[]} .
        use Selector topologySpreadConstraints[].labelSelector.
        tolerations.** > they are for taints of a cluster's own nodes; taints of clusters are tolerated by a placement policy
        tolerations[].{key,operator,value,effect,tolerationSeconds} .
        {schedulerName,priorityClassName,priority,preemptionPolicy} > elsewhere the plane schedules, by the priority of a placement policy
        schedulingGates.** ^ elsewhere nothing holds a replica back
        schedulingGroup.** > elsewhere the plane schedules
        workloadRef.** > elsewhere the plane schedules
        resourceClaims.** ^ elsewhere no device is claimed
        resources.** ^ elsewhere a replica is one container
        overhead.** > elsewhere what a runtime itself needs is not counted
        overhead.<name> .
        runtimeClassName ^ elsewhere runtimes have other names
        os.name > elsewhere all nodes run Linux
        readinessGates.** ^ elsewhere no other program says whether a replica is ready
        readinessGates[].conditionType .
        imagePullSecrets[].name -> spec.template.imagePullSecrets
        {serviceAccount,serviceAccountName} ^ elsewhere there is no account at a cluster's API, unless the account is among the files and so has no rights
        automountServiceAccountToken >>
        enableServiceLinks >>
        securityContext.runAsUser -> spec.template.container.user
        securityContext.runAsGroup -> spec.template.container.user
        securityContext.runAsNonRoot > elsewhere nothing looks whether an image runs as root
        securityContext.supplementalGroups[] -> spec.template.container.groups
        securityContext.supplementalGroupsPolicy > elsewhere an image's own groups are kept
        securityContext.fsGroup ^ elsewhere a volume belongs to whom its files belong to
        securityContext.fsGroupChangePolicy >>
        securityContext.sysctls[].{name,value} -> spec.template.container.sysctls
        securityContext.seccompProfile.** ^ elsewhere programs run under the profile of the engine, which is what RuntimeDefault says
        securityContext.seccompProfile.{type,localhostProfile} .
        securityContext.appArmorProfile.** ^ elsewhere confinement is the machine's own
        securityContext.{seLinuxChangePolicy} >>
        securityContext.seLinuxOptions.** ^ elsewhere confinement is the machine's own
        securityContext.seLinuxOptions.{level,role,type,user} .
        securityContext.windowsOptions.** ^ elsewhere there are no Windows containers
        securityContext.windowsOptions.{gmsaCredentialSpec,gmsaCredentialSpecName,runAsUserName} .

        [Matching]
        selector.matchLabels.<name> = it is compared with the labels of the template
        selector.matchExpressions[].{key,operator,values[]} = it is compared with the labels of the template

        [Deployment]
        use Object
        use Matching spec.
        use PodMetadata spec.template.metadata.
        use Pod spec.template.spec.
        spec.template.spec.restartPolicy = it is Always
        spec.replicas -> spec.replicas
        spec.minReadySeconds -> spec.update.observeSeconds
        spec.progressDeadlineSeconds -> spec.update.progressDeadlineSeconds
        spec.revisionHistoryLimit -> spec.revisionHistoryLimit
        spec.paused -> spec.update.paused
        spec.strategy.type -> spec.update.maxSurge, maxUnavailable
        spec.strategy.rollingUpdate.maxSurge -> spec.update.maxSurge
        spec.strategy.rollingUpdate.maxUnavailable -> spec.update.maxUnavailable
        spec.podReplacementPolicy >>

        [StatefulSet]
        use Object
        use Matching spec.
        use PodMetadata spec.template.metadata.
        use Pod spec.template.spec.
        spec.template.spec.restartPolicy = it is Always
        spec.replicas -> spec.replicas
        spec.minReadySeconds -> spec.update.observeSeconds
        spec.revisionHistoryLimit -> spec.revisionHistoryLimit
        spec.serviceName ^ elsewhere replicas have no names of their own
        spec.podManagementPolicy > elsewhere replicas start and stop together
        spec.updateStrategy.type = it is RollingUpdate: which replicas have a new template, and when, is the plane's rollout
        spec.updateStrategy.rollingUpdate.maxUnavailable -> spec.update.maxUnavailable
        spec.updateStrategy.rollingUpdate.partition = it is 0: which replicas have a new template, and when, is the plane's rollout
        spec.ordinals.** ^ elsewhere replicas have no number
        spec.persistentVolumeClaimRetentionPolicy.** > elsewhere volumes stay until they are deleted
        spec.volumeClaimTemplates[].metadata.name -> a Volume; kept for several replicas, of which the first has the Volume
        spec.volumeClaimTemplates[].metadata.labels.<name> -> metadata.labels of the Volume
        spec.volumeClaimTemplates[].metadata.annotations.<name> -> metadata.annotations of the Volume
        spec.volumeClaimTemplates[].metadata.{generateName,namespace,creationTimestamp,deletionTimestamp,deletionGracePeriodSeconds,generation,resourceVersion,selfLink,uid,clusterName} = a server has written it
        spec.volumeClaimTemplates[].metadata.managedFields.** = a server has written it
        spec.volumeClaimTemplates[].metadata.{ownerReferences[].**,finalizers[]} ~ no volume of the plane waits for another program before it goes
        spec.volumeClaimTemplates[].{apiVersion,kind} = tells what it is
        spec.volumeClaimTemplates[].status.** = a cluster has written it
        use Claim spec.volumeClaimTemplates[].spec.

        [DaemonSet]
        use Object
        use Matching spec.
        use PodMetadata spec.template.metadata.
        use Pod spec.template.spec.
        spec.template.spec.restartPolicy = it is Always
        spec.minReadySeconds -> spec.update.observeSeconds
        spec.revisionHistoryLimit -> spec.revisionHistoryLimit
        spec.updateStrategy.type = it is RollingUpdate: which replicas have a new template, and when, is the plane's rollout
        spec.updateStrategy.rollingUpdate.maxSurge -> spec.update.maxSurge
        spec.updateStrategy.rollingUpdate.maxUnavailable -> spec.update.maxUnavailable

        [JobSpec]
        parallelism -> spec.replicas, for as many completions; else kept
        completions -> spec.replicas
        backoffLimit -> spec.template.restart
        activeDeadlineSeconds ^ elsewhere nothing ends a job after a time
        ttlSecondsAfterFinished > elsewhere a completed workload stays until it is deleted
        completionMode ^ elsewhere replicas of a job have no number
        suspend ^ elsewhere a job begins when it is declared
        manualSelector = a job's pods are its own
        selector.matchLabels.<name> = a job's pods are its own
        selector.matchExpressions[].{key,operator,values[]} = a job's pods are its own
        {backoffLimitPerIndex,maxFailedIndexes} ^ elsewhere replicas of a job have no number
        podFailurePolicy.** ^ elsewhere every failure of a job counts
        successPolicy.** ^ elsewhere all replicas of a job end
        {podReplacementPolicy,managedBy} >>
        use PodMetadata template.metadata.
        use Pod template.spec.

        [Job]
        use Object
        use JobSpec spec.

        [CronJob]
        use Object
        spec.schedule ^ elsewhere nothing begins by the clock
        {spec.timeZone,spec.concurrencyPolicy,spec.startingDeadlineSeconds,spec.suspend,spec.successfulJobsHistoryLimit,spec.failedJobsHistoryLimit} ^ elsewhere nothing begins by the clock
        spec.jobTemplate.metadata.{labels,annotations}.** ^ elsewhere nothing begins by the clock
        spec.jobTemplate.metadata.{labels,annotations}.<name> .
        spec.jobTemplate.metadata.{name,generateName,namespace} ~ jobs are named by what makes them, and lie in its namespace
        spec.jobTemplate.metadata.{creationTimestamp,deletionTimestamp,deletionGracePeriodSeconds,generation,resourceVersion,selfLink,uid,clusterName} = a server has written it
        spec.jobTemplate.metadata.managedFields.** = a server has written it
        spec.jobTemplate.metadata.{ownerReferences[].**,finalizers[]} ~ jobs belong to what makes them
        use JobSpec spec.jobTemplate.spec.

        [PodObject]
        use Object
        use Pod spec.

        [Service]
        use Beside
        spec.selector.<name> = it is compared with the labels of the workloads' templates
        spec.type -> a Route, for LoadBalancer and NodePort
        spec.ports[].{name,port,targetPort,protocol,appProtocol} -> spec.template.ports of the workload, and a Route
        spec.ports[].nodePort -> spec.template.ports[].publishedPort of the workload
        spec.clusterIP -> spec.template.container.endpointMode of the workload, for None; warned of otherwise
        spec.clusterIPs[] ~ addresses are given by each cluster
        spec.externalName ! no workload stands behind it; write the host where callers are told of it
        spec.externalIPs[] ~ the way in from outside is a Route
        spec.loadBalancerSourceRanges[] ! the ingress does not tell callers apart by address; filter before it
        spec.{loadBalancerIP,loadBalancerClass,healthCheckNodePort,allocateLoadBalancerNodePorts} > elsewhere the way in from outside is a Route
        spec.{sessionAffinity,sessionAffinityConfig.clientIP.timeoutSeconds} > elsewhere every replica may get any call of a caller
        spec.{externalTrafficPolicy,internalTrafficPolicy,trafficDistribution,topologyKeys[]} > elsewhere traffic goes to any ready replica
        spec.publishNotReadyAddresses > elsewhere replicas that are not ready get no traffic
        spec.{ipFamilyPolicy,ipFamilies[]} >>

        [Ingress]
        use Object
        spec.rules[].host -> spec.host
        spec.rules[].http.paths[].{path,pathType} -> spec.path
        spec.rules[].http.paths[].backend.service.name -> spec.workload
        spec.rules[].http.paths[].backend.service.port.{name,number} -> spec.port
        spec.rules[].http.paths[].backend.resource.** ! a route leads to a workload
        spec.defaultBackend.service.name -> spec.workload of a Route of its own
        spec.defaultBackend.service.port.{name,number} -> spec.port of a Route of its own
        spec.defaultBackend.resource.** ! a route leads to a workload
        spec.ingressClassName ~ there is one ingress, the plane's
        spec.tls[].{hosts[],secretName} ~ the ingress speaks HTTP: what ends TLS stands before it

        [ConfigMap]
        use Object
        data.<name> -> spec.data
        binaryData.<name> -> spec.binaryData
        immutable ~ every change is a new version, and earlier ones stay as they were

        [Secret]
        use Object
        data.<name> -> spec.binaryData
        stringData.<name> -> spec.data
        type -> metadata.annotations
        immutable ~ every change is a new version, and earlier ones stay as they were

        [PersistentVolumeClaim]
        use Object
        use Claim spec.

        [Namespace]
        use Object
        metadata.namespace ~ a namespace lies in no other
        metadata.labels.<name> -> metadata.labels; no cluster is told of them
        metadata.annotations.<name> -> metadata.annotations; no cluster is told of them
        spec.finalizers[] = a server has written it

        [ServiceAccount]
        use Unmade
        automountServiceAccountToken ~ no account at a cluster's API is made
        imagePullSecrets[].name -> spec.template.imagePullSecrets of the workloads under the account that name none
        secrets[].** ~ no account at a cluster's API is made

        [HorizontalPodAutoscaler]
        use Unmade
        spec.scaleTargetRef.apiVersion = the kind alone tells it
        spec.scaleTargetRef.{kind,name} -> the workload whose replicas are meant
        spec.minReplicas -> spec.replicas of the workload, where it has none
        spec.maxReplicas ~ the plane does not scale by load
        spec.targetCPUUtilizationPercentage ~ the plane does not scale by load
        spec.metrics.** ~ the plane does not scale by load
        spec.behavior.** ~ the plane does not scale by load

        [NetworkPolicy]
        use Beside
        spec.** ^ elsewhere networks keep nobody out
        spec.policyTypes[] .
        use Selector spec.podSelector.
        spec.{ingress,egress}[].ports[].{port,endPort,protocol} .
        spec.ingress[].from[].ipBlock.{cidr,except[]} .
        use Selector spec.ingress[].from[].{podSelector,namespaceSelector}.
        spec.egress[].to[].ipBlock.{cidr,except[]} .
        use Selector spec.egress[].to[].{podSelector,namespaceSelector}.

        [PodDisruptionBudget]
        use Unmade
        spec.minAvailable -> spec.disruption.minAvailable of the workload
        spec.maxUnavailable -> spec.disruption.maxUnavailable of the workload
        spec.selector.matchLabels.<name> = it is compared with the labels of the workloads' templates
        spec.selector.matchExpressions[].{key,operator,values[]} = it is compared with the labels of the workloads' templates
        spec.unhealthyPodEvictionPolicy ~ a replica that is not ready counts as missing
        """;
}
