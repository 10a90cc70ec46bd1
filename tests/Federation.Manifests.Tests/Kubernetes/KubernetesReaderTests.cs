using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests.Kubernetes.Values;

namespace Federation.Manifests.Tests.Kubernetes;

public sealed class KubernetesReaderTests
{
    private const string Service = "---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }\n";

    [Fact]
    public void Read_DeploymentAndLoadBalancer_NeedsNothingThatNativeNodesWithAnEngineLack()
    {
        ReadOutcome outcome = KubernetesCase.Read(KubernetesCase.Container("ports: [{ containerPort: 8080 }]\nresources: { limits: { cpu: 500m, memory: 128Mi } }") + Service);
        Workload workload = KubernetesCase.One<Workload>(outcome);
        Assert.Empty(ContainerNeeds.Of(workload.Spec.Template));
        Assert.Equal(("http", 8080), (workload.Spec.Template.Ports![0].Name, workload.Spec.Template.Ports[0].ContainerPort));
        Assert.Equal((500, 500), (workload.Spec.Template.Resources!.Cpu.Value, workload.Spec.Template.Resources.CpuLimit!.Value.Value));
        Route route = KubernetesCase.One<Route>(outcome);
        Assert.Equal(("web.default.localhost", "web", "http"), (route.Spec.Host, route.Spec.Workload, route.Spec.Port));
    }

    [Theory]
    [InlineData("examples/kubernetes/nginx.yaml", "")]
    [InlineData("examples/kubernetes-only/frontend.yaml", "container.env, pod.spec.containers, pod.spec.nodeSelector")]
    public void Read_Example_IsKeptWhereItsPageSays(string path, string needed)
    {
        ReadOutcome outcome = KubernetesCase.Read(File.ReadAllText(RepositoryFiles.Full(path)));
        Assert.Equal(needed, string.Join(", ", KubernetesCase.Carried(outcome, "needed").Select(static field => field.Key)));
    }

    [Fact]
    public void Read_ServiceAndDeploymentInTwoFiles_FindEachOther()
    {
        Assert.Equal("web", KubernetesCase.One<Route>(KubernetesCase.Read(Service, KubernetesCase.Web)).Spec.Workload);
        Assert.Equal("web", KubernetesCase.One<Route>(KubernetesCase.Read(KubernetesCase.Web, Service)).Spec.Workload);
    }

    [Fact]
    public void Read_ServiceThatSelectsNothing_IsRefusedWithWhatThereIs()
    {
        Assert.Equal(["m.yaml:5:29: spec.selector: it selects no workload of these files (app=web); selectors are followed within the files that are applied together: name the workload's file with -f, too"],
            KubernetesCase.Errors(KubernetesCase.Read(Service)));
        Assert.Equal(["m.yaml:16:29: spec.selector: it selects no workload of these files (app=wbe); compare it with the labels of the templates, or apply it together with its workload; there is Deployment web"],
            KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + Service.Replace("app: web", "app: wbe", StringComparison.Ordinal))));
        Assert.Contains("leads nowhere", KubernetesCase.Errors(KubernetesCase.Read("apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }] }\n"))[0]);
    }

    [Fact]
    public void Read_ServiceOfAnotherNamespace_SelectsNothing() =>
        Assert.Contains("selects no workload", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + Service.Replace("{ name: web }", "{ name: web, namespace: other }", StringComparison.Ordinal)))[0]);

    [Fact]
    public void Read_PortByName_IsThatOfTheContainer()
    {
        string named = Service.Replace("targetPort: 8080", "targetPort: web", StringComparison.Ordinal);
        Assert.Equal("web", KubernetesCase.One<Route>(KubernetesCase.Read(KubernetesCase.Container("ports: [{ name: web, containerPort: 3000 }]") + named)).Spec.Port);
        Assert.Contains("m.yaml:17:85: spec.ports[0].targetPort: Deployment web has no port named web; it has www", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Container("ports: [{ name: www, containerPort: 3000 }]") + named)));
    }

    [Theory]
    [InlineData("replicas: \"3\"", "m.yaml:12:13: spec.replicas: expected a whole number, found text; write 3 without quotes")]
    [InlineData("replicas: 2.5", "m.yaml:12:13: spec.replicas: expected a whole number, found a number with a fraction")]
    [InlineData("replcias: 3", "m.yaml:12:3: spec.replcias: the field is unknown; did you mean replicas?")]
    [InlineData("replicas: {{ .Values.replicas }}", "m.yaml:12:13: this is a template that is not filled in yet; fill it in first, as: helm template NAME CHART | fedctl apply -f -")]
    [InlineData("paused: \"yes\"", "m.yaml:12:11: spec.paused: expected true or false, found text; write true")]
    [InlineData("strategy: { type: Rolling }", "m.yaml:12:21: spec.strategy.type: the type is RollingUpdate or Recreate")]
    [InlineData("strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }", "m.yaml:12:31: spec.strategy.rollingUpdate: it belongs to the type RollingUpdate, not Recreate; remove it")]
    [InlineData("strategy: []", "m.yaml:12:3: spec.strategy: expected a mapping, found a list")]
    [InlineData("replicas: 3\nreplicas: 4", "m.yaml:13:3: spec.replicas: the field is given twice; remove one; the first is in line 12")]
    public void Read_FieldOfTheWrongForm_IsRefusedByItsPlace(string field, string expected) => Assert.Equal(expected, KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Spec(field)))[0]);

    [Theory]
    [InlineData("env: [{ name: PORT, value: 8080 }]", "spec.template.spec.containers[0].env[0].value: expected text, found a number; write \"8080\"")]
    [InlineData("env: [{ name: ON, value: true }]", "spec.template.spec.containers[0].env[0].value: expected text, found true or false; write \"true\"")]
    [InlineData("ports: [{ containerPort: \"80\" }]", "spec.template.spec.containers[0].ports[0].containerPort: expected a whole number, found text; write 80 without quotes")]
    [InlineData("ports: [{ containerPort: 80, protocol: SCTP }]", "spec.template.spec.containers[0].ports[0].protocol: a port's protocol is TCP or UDP")]
    [InlineData("ports: [{ containerPort: 70000 }]", "spec.template.spec.containers[0].ports[0].containerPort: must lie between 1 and 65535")]
    [InlineData("resources: { limits: { memory: 1.5Gig } }", "spec.template.spec.containers[0].resources.limits.memory: a quantity is a number with an optional unit, such as 100m, 0.5, 64Mi or 1e3")]
    [InlineData("resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }", "spec.template.spec.containers[0].resources.limits.cpu: cpuLimit is above 0 and not below cpu (2000m)")]
    [InlineData("readinessProbe: { httpGet: { path: /, port: http } }", "spec.template.spec.containers[0].readinessProbe.httpGet.port: the container has no port of this name")]
    [InlineData("readinessProbe: { periodSeconds: 3 }", "spec.template.spec.containers[0].readinessProbe: a probe has exactly one of exec, httpGet, tcpSocket and grpc, this one has 0")]
    [InlineData("volumeMounts: [{ name: data, mountPath: /data }]", "spec.template.spec.containers[0].volumeMounts[0].name: there is no volume data under volumes; add it there")]
    [InlineData("env: [{ name: A, value: b, valueFrom: { fieldRef: { fieldPath: x } } }]", "spec.template.spec.containers[0].env[0].value: value and valueFrom exclude each other; keep one of them")]
    [InlineData("imagePulPolicy: Always", "spec.template.spec.containers[0].imagePulPolicy: the field is unknown; did you mean imagePullPolicy?")]
    [InlineData("image2: \"{{ .Values.image }}\"", "spec.template.spec.containers[0].image2: the field is unknown; did you mean image?")]
    [InlineData("workingDir: \"{{ .Values.dir }}\"", "spec.template.spec.containers[0].workingDir: this is a template that is not filled in yet; fill it in first, as: helm template NAME CHART | fedctl apply -f -")]
    public void Read_ContainerOfTheWrongForm_IsRefusedByItsPath(string field, string expected) => Assert.Contains(KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Container(field))), error => error.EndsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: { name: a }", "m.yaml:1:13: apiVersion: a Deployment is read in version apps/v1 alone; write apiVersion: apps/v1")]
    [InlineData("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: a }", "m.yaml:1:13: apiVersion: a Ingress is read in version networking.k8s.io/v1 alone; write apiVersion: networking.k8s.io/v1, with pathType and backend: { service: { name: NAME, port: { number: PORT } } }")]
    [InlineData("apiVersion: batch/v2alpha1\nkind: CronJob\nmetadata: { name: a }", "m.yaml:1:13: apiVersion: a CronJob is read in version batch/v1, batch/v1beta1 alone; write apiVersion: batch/v1")]
    [InlineData("kind: Deployment\nmetadata: { name: a }", "m.yaml:1:1: apiVersion: the field is required; write apiVersion: apps/v1")]
    [InlineData("apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: a }", "m.yaml:2:7: kind: nothing in the plane is a Certificate of cert-manager.io; read are ")]
    [InlineData("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: a }", "m.yaml:2:7: kind: nothing in the plane is a ClusterRole of rbac.authorization.k8s.io; the plane makes no accounts at a cluster's API; give rights there with kubectl")]
    [InlineData("apiVersion: apps/v1\nkind: Deploment\nmetadata: { name: a }", "m.yaml:2:7: kind: nothing in the plane is a Deploment of apps; did you mean Deployment?")]
    [InlineData("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a]", "m.yaml:2:7: kind: nothing in the plane is a Kustomization of kustomize.config.k8s.io; fill it in first: kubectl kustomize FOLDER | fedctl apply -f -")]
    [InlineData("apiVersion: v2\nname: chart\nversion: 1.0.0", "m.yaml:1:1: this describes a chart of Helm; fill it in first, as: helm template NAME CHART | fedctl apply -f -")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: a- }", "m.yaml:3:27: metadata.generateName: a name that a server makes up is not found again by the next apply; write metadata.name")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {}", "m.yaml:3:1: metadata.name: the field is required; add metadata: { name: NAME }")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: 1 }", "m.yaml:4:12: data.a: expected text, found a number; write \"1\"")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { pin: 1234 }", "m.yaml:4:20: stringData.pin: expected text, found a number; put it in quotes")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata: { pin: \"not base64!\" }", "m.yaml:4:14: data.pin: the value is no valid base64")]
    [InlineData("apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: { nam: a }", "m.yaml:6:5: items[0].metadata.name: the field is required")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { type: ExternalName, externalName: example.com }", "m.yaml:4:43: spec.externalName: no workload stands behind it; write the host where callers are told of it")]
    public void Read_DocumentThatIsNotRead_SaysWhyAndWhatToWrite(string text, string expected) => Assert.StartsWith(expected, KubernetesCase.Errors(KubernetesCase.Read(text + "\n"))[0]);

    [Theory]
    [InlineData("apiVersion: 1\nkind: Pod", "m.yaml:1:13: apiVersion: a Pod is read in version v1 alone; write apiVersion: v1")]
    [InlineData("apiVersion: federation/v1\nkind: Deployment", "m.yaml:1:13: apiVersion: a Deployment is read in version apps/v1 alone; write apiVersion: apps/v1")]
    public void Read_KindOfKubernetesInAnyVersion_IsTakenForIt(string text, string expected) => Assert.Equal([expected], KubernetesCase.Errors(KubernetesCase.Read(text + "\nmetadata: { name: a }\n")));

    [Fact]
    public void Read_PortOfTwoNames_IsFoundByBoth()
    {
        ReadOutcome outcome = KubernetesCase.Read(KubernetesCase.Container("ports: [{ name: http, containerPort: 80 }, { name: alias, containerPort: 80 }]\nreadinessProbe: { httpGet: { port: alias } }"));
        Assert.Equal("http", KubernetesCase.One<Workload>(outcome).Spec.Template.HealthCheck!.Http!.Port);
        Assert.Equal(["m.yaml:12:54: spec.template.spec.containers[0].ports[1]: port 80 is declared already, as http"], KubernetesCase.Warnings(outcome));
    }

    [Fact]
    public void Read_GroupOfVolumes_KeepsTheWorkloadOnlyWhereItHasOne()
    {
        const string group = "securityContext: { runAsUser: 1000, fsGroup: 1000 }";
        Assert.Empty(KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Pod(group)), "needed"));
        Assert.Equal(["pod.spec.securityContext.fsGroup"], KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Container("volumeMounts: [{ name: v, mountPath: /v }]") + $"      {group}\n      volumes: [{{ name: v, emptyDir: {{}} }}]\n"), "needed").Select(static field => field.Key));
    }

    [Fact]
    public void Read_SecretThatIsWrong_TellsNoValue()
    {
        string[] errors = KubernetesCase.Errors(KubernetesCase.Read("apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { pin: 123456, text: [hidden] }\ndata: { other: hidden! }\ntyp: x\n"));
        Assert.DoesNotContain(errors, static error => error.Contains("123456", StringComparison.Ordinal) || error.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SameObjectTwice_NamesBothPlaces() =>
        Assert.Equal(["1.yaml:3:19: metadata.name: Deployment web is declared already in 0.yaml:1; remove one, or give it another name"], KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web, KubernetesCase.Web)));

    [Fact]
    public void Read_ObjectsThatAreWrongInThemselves_AreAllToldAtOnce_AndNothingThatFollowsFromIt() =>
        Assert.Equal(
            [
                "m.yaml:12:13: spec.replicas: expected a whole number, found text",
                "m.yaml:23:15: spec.template.spec.restartPolicy: the pods of a job are started again OnFailure or Never; write restartPolicy: OnFailure",
            ],
            KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Spec("replicas: many") + Service + "---\napiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec:\n  template: { spec: { containers: [{ name: a, image: b }] } }\n")));

    [Fact]
    public void Read_DeploymentAndJobOfOneName_AreToldApart() =>
        Assert.Contains("its Workload would be named web", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web, "apiVersion: batch/v1\nkind: Job\nmetadata: { name: web }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: b }] } } }\n"))[0]);

    [Fact]
    public void Read_SelectorThatMissesItsTemplate_IsRefused() =>
        Assert.Equal(["m.yaml:5:3: spec.selector: the selector does not match the labels of the template; give both the same labels"], KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web.Replace("labels: { app: web }", "labels: { app: other }", StringComparison.Ordinal))));

    [Fact]
    public void Read_FieldThatKubernetesAloneKnows_KeepsTheWorkloadThereAndSaysSo()
    {
        ReadOutcome outcome = KubernetesCase.Read(KubernetesCase.Pod("nodeSelector: { disk: ssd }\npriorityClassName: high"));
        Assert.Equal(["pod.spec.nodeSelector"], KubernetesCase.Carried(outcome, "needed").Select(static field => field.Key));
        Assert.Equal("""{"disk":"ssd"}""", KubernetesCase.Carried(outcome, "needed")["pod.spec.nodeSelector"]!.GetValue<string>());
        Assert.Equal("\"high\"", KubernetesCase.Carried(outcome, "extra")["pod.spec.priorityClassName"]!.GetValue<string>());
        Assert.Equal(["kubernetes-fields"], ContainerNeeds.Of(KubernetesCase.One<Workload>(outcome).Spec.Template));
        Assert.Equal(
            [
                "m.yaml:12:7: spec.template.spec.nodeSelector: it keeps the workload on Kubernetes clusters: elsewhere nodes have other labels; choose clusters by a placement policy",
                "m.yaml:13:26: spec.template.spec.priorityClassName: only Kubernetes clusters are told of it: elsewhere the plane schedules, by the priority of a placement policy",
            ],
            KubernetesCase.Warnings(outcome));
    }

    [Fact]
    public void Read_HardenedPod_RunsEverywhereAndNeedsNoRight()
    {
        ReadOutcome outcome = KubernetesCase.Read(KubernetesCase.Container("securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL], add: [CAP_NET_BIND_SERVICE] } }"));
        Assert.Empty(KubernetesCase.Warnings(outcome));
        WorkloadTemplate template = KubernetesCase.One<Workload>(outcome).Spec.Template;
        Assert.Equal(["no-new-privileges:true"], template.Container!.SecurityOptions);
        Assert.Equal(["usual-capabilities", "no-new-privileges", "read-only-root"], ContainerNeeds.Of(template));
    }

    [Theory]
    [InlineData("hostNetwork: true", "namespaces")]
    [InlineData("volumes: [{ name: a, hostPath: { path: / } }]\ninitContainers: [{ name: b, image: c, volumeMounts: [{ name: a, mountPath: /m }] }]", "kubernetes-rights")]
    [InlineData("initContainers: [{ name: b, image: c, securityContext: { privileged: true } }]", "kubernetes-rights")]
    [InlineData("volumes: [{ name: a, nfs: { server: s, path: / } }]", "kubernetes-rights")]
    [InlineData("runtimeClassName: other", "kubernetes-rights")]
    public void Read_PodThatReachesTheMachine_NeedsARight(string pod, string right) =>
        Assert.Contains(right, ContainerNeeds.Of(KubernetesCase.One<Workload>(KubernetesCase.Read(KubernetesCase.Pod(pod))).Spec.Template));

    [Fact]
    public void Read_ValueThatAClusterAssumesAnyway_IsNotCarried() =>
        Assert.Empty(KubernetesCase.Warnings(KubernetesCase.Read(KubernetesCase.Pod("dnsPolicy: ClusterFirst\nschedulerName: default-scheduler\nrestartPolicy: Always\nserviceAccountName: default\nsecurityContext: {}\naffinity: {}\ntolerations: []"))));

    [Fact]
    public void Read_ConfigMapKeyAsVariable_IsItsTextAsItStands()
    {
        ReadOutcome outcome = KubernetesCase.Read(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { k: \"a $(HOME)\", bad key: x }\n",
            KubernetesCase.Container("env: [{ name: A, valueFrom: { configMapKeyRef: { name: c, key: k } } }, { name: B, value: \"b $(A)\" }]"));
        Workload workload = KubernetesCase.One<Workload>(outcome);
        Assert.Equal(("a $$(HOME)", "b $(A)"), (workload.Spec.Template.Environment!["A"], workload.Spec.Template.Environment["B"]));
        Assert.Contains("ConfigMap c has no key of that name; it has k, bad key", KubernetesCase.Errors(KubernetesCase.Read(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { k: v, bad key: x }\n", KubernetesCase.Container("env: [{ name: A, valueFrom: { configMapKeyRef: { name: c, key: z } } }]")))[0]);
    }

    [Fact]
    public void Read_SecretAsVariable_IsCarriedByNameAndHandedToTheCluster()
    {
        ReadOutcome outcome = KubernetesCase.Read(
            "apiVersion: v1\nkind: Secret\nmetadata: { name: s.x }\nstringData: { k: hush }\n",
            KubernetesCase.Container("env: [{ name: A, valueFrom: { secretKeyRef: { name: s.x, key: k } } }]"));
        Assert.Equal("""[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s-x","key":"k"}}}]""", KubernetesCase.Carried(outcome, "needed")["container.env"]!.GetValue<string>());
        Assert.Equal(["s-x"], KubernetesCase.One<Workload>(outcome).Spec.Template.Secrets!.Select(static secret => secret.Name));
        Assert.DoesNotContain("hush", KubernetesCase.Template(outcome));
    }

    [Fact]
    public void Read_Secret_TextGoesBeforeBytesOfTheSameKey()
    {
        Secret secret = KubernetesCase.One<Secret>(KubernetesCase.Read("apiVersion: v1\nkind: Secret\nmetadata: { name: s, annotations: { kubectl.kubernetes.io/last-applied-configuration: hush } }\nstringData: { a: text }\ndata: { a: YQ==, b: \"YmJi\\nYmJi\" }\n"));
        Assert.Equal(("text", "YmJiYmJi"), (secret.Spec.Data!["a"], secret.Spec.BinaryData!["b"]));
        Assert.Single(secret.Spec.BinaryData);
        Assert.Null(secret.Metadata.Annotations);
    }

    [Theory]
    [InlineData("0400", "0400")]
    [InlineData("256", "0400")]
    [InlineData("0o640", "0640")]
    public void Read_RightsOfFiles_AreOctalAsKubectlReadsThem(string mode, string expected)
    {
        ReadOutcome outcome = KubernetesCase.Read("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { k: v }\n",
            KubernetesCase.Container("volumeMounts: [{ name: c, mountPath: /c }]") + $"      volumes: [{{ name: c, configMap: {{ name: c, defaultMode: {mode} }} }}]\n");
        Assert.Equal(("/c/k", expected), (KubernetesCase.One<Workload>(outcome).Spec.Template.Configs![0].Files![0].Path, KubernetesCase.One<Workload>(outcome).Spec.Template.Configs![0].Files![0].Mode));
    }

    [Theory]
    [InlineData("100m", 0.1)]
    [InlineData("0.1", 0.1)]
    [InlineData(".5", 0.5)]
    [InlineData("1.5Gi", 1610612736)]
    [InlineData("128974848", 128974848)]
    [InlineData("1e3", 1000)]
    [InlineData("1E3", 1000)]
    [InlineData("12E-3", 0.012)]
    [InlineData("129e6", 129000000)]
    [InlineData("2Ki", 2048)]
    [InlineData("1k", 1000)]
    [InlineData("250u", 0.00025)]
    [InlineData("+5", 5)]
    public void Quantity_IsReadAsKubernetesReadsIt(string text, double expected) => Assert.Equal((decimal)expected, Quantity.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5Gig")]
    [InlineData("Gi")]
    [InlineData("1 Gi")]
    [InlineData("1K")]
    [InlineData("1e")]
    [InlineData("1e999")]
    [InlineData("99999999999999999999999999999")]
    [InlineData("9000E")]
    public void Quantity_ThatIsNone_IsRefused(string text) => Assert.ThrowsAny<FormatException>(() => Quantity.Bytes(text));

    [Fact]
    public void Read_Job_RunsToItsEndEverywhere()
    {
        Workload job = KubernetesCase.One<Workload>(KubernetesCase.Read("apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { completions: 3, parallelism: 3, backoffLimit: 4, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: i }] } } }\n"));
        Assert.Equal((3, RestartCondition.OnFailure, 4), (job.Spec.Replicas, job.Spec.Template.Restart.Condition, job.Spec.Template.Restart.MaxAttempts));
        Assert.Equal(["jobs"], ContainerNeeds.Of(job.Spec.Template));
    }

    [Fact]
    public void Read_JobThatSaysNoLimit_IsTriedAsOftenAsAClusterWould()
    {
        Workload job = KubernetesCase.One<Workload>(KubernetesCase.Read("apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { template: { spec: { restartPolicy: OnFailure, containers: [{ name: c, image: i }] } } }\n"));
        Assert.Equal((RestartCondition.OnFailure, 6), (job.Spec.Template.Restart.Condition, job.Spec.Template.Restart.MaxAttempts));
    }

    [Fact]
    public void Read_CronJob_IsKeptWithItsSchedule()
    {
        ReadOutcome outcome = KubernetesCase.Read("apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: j }\nspec: { schedule: \"0 3 * * *\", jobTemplate: { spec: { activeDeadlineSeconds: 60, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: i }] } } } } }\n");
        Assert.Equal(("\"0 3 * * *\"", "60"), (KubernetesCase.Carried(outcome, "needed")["object.spec.schedule"]!.GetValue<string>(), KubernetesCase.Carried(outcome, "needed")["job.spec.activeDeadlineSeconds"]!.GetValue<string>()));
        Assert.Equal("CronJob", KubernetesCase.One<Workload>(outcome).Spec.Template.Container!.Kubernetes!.Kind);
    }

    [Fact]
    public void Read_IngressAndServiceOfOneName_BothHaveRoutes()
    {
        ReadOutcome outcome = KubernetesCase.Read(KubernetesCase.Web + Service + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec: { rules: [{ host: shop.example.com, http: { paths: [{ path: /a/, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }\n");
        Assert.Equal(["web", "web-ingress"], KubernetesCase.Accepted(outcome).Select(static declared => declared.Resource).OfType<Route>().Select(static route => route.Metadata.Name));
        Assert.Equal(("shop.example.com", "/a"), (KubernetesCase.One<Route>(outcome, "web-ingress").Spec.Host, KubernetesCase.One<Route>(outcome, "web-ingress").Spec.Path));
    }

    [Theory]
    [InlineData("{ name: absent, port: { number: 80 } }", "there is no Service absent among the files, or it leads nowhere")]
    [InlineData("{ name: web, port: { number: 81 } }", "the Service has no such port; it has 80")]
    public void Read_IngressThatLeadsNowhere_IsRefused(string backend, string expected) =>
        Assert.Contains(expected, KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + Service + $"---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{ name: i }}\nspec: {{ rules: [{{ host: a.b, http: {{ paths: [{{ path: /, pathType: Prefix, backend: {{ service: {backend} }} }}] }} }}] }}\n"))[0]);

    [Fact]
    public void Read_PolicyThatSelectsNothing_IsRefusedSinceItWouldKeepNobodyOut() =>
        Assert.Contains("would keep nobody out", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p }\nspec: { podSelector: { matchLabels: { app: db } } }\n"))[0]);

    [Theory]
    [InlineData("sh, -c, sleep 15", 15)]
    [InlineData("sleep, \"7\"", 7)]
    [InlineData("/bin/sh, -c, \"sleep 5; nginx -s quit\"", null)]
    public void Read_PreStop_IsTimeToDrainWhereItSleeps(string command, int? seconds)
    {
        ReadOutcome outcome = KubernetesCase.Read(KubernetesCase.Container($"lifecycle: {{ preStop: {{ exec: {{ command: [{command}] }} }} }}"));
        Assert.Equal(seconds ?? 2, KubernetesCase.One<Workload>(outcome).Spec.Template.DrainSeconds);
        Assert.Equal(seconds is null, KubernetesCase.Carried(outcome, "needed").ContainsKey("container.lifecycle.preStop"));
    }

    [Fact]
    public void Read_AccountAmongTheFiles_HasNoRightsAndKeepsNothing()
    {
        string account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a }\n---\n";
        Assert.Empty(KubernetesCase.Carried(KubernetesCase.Read(account + KubernetesCase.Pod("serviceAccountName: a")), "needed"));
        Assert.Equal(["pod.spec.serviceAccountName"], KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Pod("serviceAccountName: a")), "needed").Select(static field => field.Key));
    }

    [Fact]
    public void Read_TenThousandErrors_ShowsTheFirstOnes()
    {
        string text = string.Concat(Enumerable.Range(0, 900).Select(static i => $"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: d{i} }}\nspec: {{ replicas: x, a: 1, b: 2 }}\n"));
        Assert.InRange(KubernetesCase.Errors(KubernetesCase.Read(text)).Length, 100, 101);
    }
}
