using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;

namespace Federation.Manifests.Tests.Kubernetes;

/// <summary>What charts write without thinking of it, and what they mean by it.</summary>
public sealed class ManifestHabitsTests
{
    [Fact]
    public void Dollars_AreReadAsAClusterReadsThem()
    {
        WorkloadTemplate template = KubernetesCase.One<Workload>(KubernetesCase.Read(KubernetesCase.Container(
            "command: [sh, -c, 'echo $$$$']\nargs: ['$$(A) $(A) $x']\nenv: [{ name: A, value: 'a$$b' }, { name: B, value: '$$(A)' }, { name: C, value: '$(A)-$' }, { name: D, value: '$$$(A)' }]"))).Spec.Template;
        Assert.Equal(["sh", "-c", "echo $$"], template.Container!.Command!);
        Assert.Equal(["$$(A) $(A) $x"], template.Container.Arguments!);
        // The last: one dollar, and then the value of A.
        Assert.Equal(("a$b", "$$(A)", "$(A)-$", "$$(A)"), (template.Environment!["A"], template.Environment["B"], template.Environment["C"], template.Environment["D"]));
    }

    [Fact]
    public void WhatMayBeMissing_AndIsNotAmongTheFiles_IsWaitedForByNobody()
    {
        ReadOutcome read = KubernetesCase.Read(KubernetesCase.Container(
            "envFrom: [{ secretRef: { name: maybe, optional: true } }, { secretRef: { name: must } }]\nenv: [{ name: A, valueFrom: { configMapKeyRef: { name: perhaps, key: a, optional: true } } }]"));
        WorkloadTemplate template = KubernetesCase.One<Workload>(read).Spec.Template;
        Assert.Equal("must", Assert.Single(template.Secrets!).Name);
        Assert.Null(template.Configs);
    }

    [Fact]
    public void Secret_WithNothingInIt_IsNotMade_AndSaysSo()
    {
        var read = Assert.IsType<ReadOutcome.Accepted>(KubernetesCase.Read(KubernetesCase.Web + "---\napiVersion: v1\nkind: Secret\nmetadata: { name: later }\ntype: Opaque\n"));
        Assert.Empty(read.Resources.Select(static declared => declared.Resource).OfType<Secret>());
        Assert.Contains(read.Warnings, static warning => warning.Rule.StartsWith("there is nothing in it, and a Secret without a key is not made", StringComparison.Ordinal));
    }

    [Fact]
    public void PullSecrets_OfAnAccountAmongTheFiles_AreThoseOfItsPods()
    {
        const string account = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: default }\nimagePullSecrets: [{ name: regcred }]\n";
        Assert.Equal(["regcred"], KubernetesCase.One<Workload>(KubernetesCase.Read(KubernetesCase.Web + account)).Spec.Template.ImagePullSecrets!);
        Assert.Null(KubernetesCase.One<Workload>(KubernetesCase.Read(KubernetesCase.Web)).Spec.Template.ImagePullSecrets);
    }

    [Fact]
    public void ReadinessProbe_ThatSaysNoTimes_HasThoseOfACluster()
    {
        HealthCheck check = KubernetesCase.One<Workload>(KubernetesCase.Read(KubernetesCase.Container("readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 30 }"))).Spec.Template.HealthCheck!;
        Assert.Equal((10, 1, 3), (check.IntervalSeconds, check.TimeoutSeconds, check.FailureThreshold));
        Assert.Equal("30", (string?)KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Container("readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 30 }")), "extra")["container.readinessProbe.initialDelaySeconds"]);
    }

    [Theory]
    [InlineData("", "{\"httpGet\":{\"port\":\"http\"}}")]
    [InlineData(", { name: metrics, containerPort: 9090 }", "{\"httpGet\":{\"port\":9090}}")]
    public void Probe_ThatNamesAPort_MeansTheOneThatTheFileGivesTheName(string second, string expected)
    {
        string named = second.Length > 0 ? "metrics" : "http";
        string text = KubernetesCase.Container($"ports: [{{ containerPort: 8080 }}, {{ name: http, containerPort: 9090 }}{second}]\nlivenessProbe: {{ httpGet: {{ port: {named} }} }}")
            + $"---\napiVersion: v1\nkind: Service\nmetadata: {{ name: web }}\nspec: {{ selector: {{ app: web }}, ports: [{{ port: 80, targetPort: {named} }}] }}\n";
        ReadOutcome read = KubernetesCase.Read(text);
        Assert.Equal(["port-8080:8080", "http:9090"], KubernetesCase.One<Workload>(read).Spec.Template.Ports!.Select(static port => $"{port.Name}:{port.ContainerPort}"));
        Assert.Equal(expected, (string?)KubernetesCase.Carried(read, "extra")["container.livenessProbe"]);
        Assert.Contains(second.Length > 0 ? "\"targetPort\":9090" : "\"targetPort\":\"http\"", (string?)KubernetesCase.Carried(read, "extra")["services.web"]);
    }

    [Fact]
    public void Service_FindsAPortOfAContainerThatStaysBesideTheOthers()
    {
        string text = KubernetesCase.Pod("initContainers: [{ name: once, image: busybox, ports: [{ name: once, containerPort: 1 }] }, { name: proxy, image: envoy, restartPolicy: Always, ports: [{ name: admin, containerPort: 9901 }] }]");
        const string service = "---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80, targetPort: PORT }] }\n";
        Assert.Equal(9901, Assert.Single(KubernetesCase.One<Workload>(KubernetesCase.Read(text + service.Replace("PORT", "admin", StringComparison.Ordinal))).Spec.Template.Ports!).ContainerPort);
        Assert.Contains("has no port named once; it has admin", KubernetesCase.Errors(KubernetesCase.Read(text + service.Replace("PORT", "once", StringComparison.Ordinal)))[0]);
    }

    [Fact]
    public void Container_ThatMayRunAsRoot_TakesThePodsWordBack()
    {
        const string own = "securityContext: { runAsNonRoot: false }", pods = "      securityContext: { runAsNonRoot: true }\n";
        Assert.Equal("false", (string?)KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Container(own) + pods), "extra")["container.securityContext.runAsNonRoot"]);
        Assert.False(KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Container(own)), "extra").ContainsKey("container.securityContext.runAsNonRoot"));
    }

    [Fact]
    public void Variable_ThatIsGivenTwice_HasTheLaterValue()
    {
        const string field = "valueFrom: { fieldRef: { fieldPath: metadata.name } }";
        ReadOutcome read = KubernetesCase.Read(KubernetesCase.Container($"env: [{{ name: A, {field} }}, {{ name: A, value: later }}, {{ name: B, value: sooner }}, {{ name: B, {field} }}]"));
        Assert.Equal("later", KubernetesCase.One<Workload>(read).Spec.Template.Environment!["A"]);
        Assert.False(KubernetesCase.One<Workload>(read).Spec.Template.Environment!.ContainsKey("B"));
        string carried = (string)KubernetesCase.Carried(read, "needed")["container.env"]!;
        Assert.True(carried.Contains("\"B\"", StringComparison.Ordinal) && !carried.Contains("\"A\"", StringComparison.Ordinal), carried);
    }

    [Fact]
    public void Variables_OfAConfigMapAndASecret_KeepTheirOrder()
    {
        const string config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: usual }\ndata: { A: usual }\n";
        ReadOutcome read = KubernetesCase.Read(KubernetesCase.Container("envFrom: [{ configMapRef: { name: usual } }, { secretRef: { name: own } }]") + config);
        // The secret's value of A would come before one that the template says itself.
        Assert.Null(KubernetesCase.One<Workload>(read).Spec.Template.Environment);
        Assert.Equal("[{\"configMapRef\":{\"name\":\"usual\"}},{\"secretRef\":{\"name\":\"own\"}}]", (string?)KubernetesCase.Carried(read, "needed")["container.envFrom"]);
        Assert.Equal(["usual", "own"], [.. KubernetesCase.One<Workload>(read).Spec.Template.Configs!.Concat(KubernetesCase.One<Workload>(read).Spec.Template.Secrets!).Select(static material => material.Name)]);
        Assert.Equal("usual", KubernetesCase.One<Workload>(KubernetesCase.Read(KubernetesCase.Container("envFrom: [{ configMapRef: { name: usual } }]") + config)).Spec.Template.Environment!["A"]);
    }

    [Theory]
    [InlineData("type: OnDelete", "spec.updateStrategy.type")]
    [InlineData("rollingUpdate: { partition: 1 }", "spec.updateStrategy.rollingUpdate.partition")]
    public void StatefulSet_WhosePodsSomebodyElseReplaces_IsRefused(string strategy, string path)
    {
        string set = KubernetesCase.Spec("updateStrategy: { STRATEGY }").Replace("Deployment", "StatefulSet", StringComparison.Ordinal);
        Assert.Contains($"{path}: which replicas have a new template, and when, is the plane's rollout; remove it, and hold a new template back with: fedctl rollout pause web",
            KubernetesCase.Errors(KubernetesCase.Read(set.Replace("STRATEGY", strategy, StringComparison.Ordinal)))[0]);
        KubernetesCase.Accepted(KubernetesCase.Read(set.Replace("STRATEGY", "type: RollingUpdate, rollingUpdate: { partition: 0 }", StringComparison.Ordinal)));
    }

    [Fact]
    public void Claims_ThatAreToGoWithTheirSet_Stay_AndThatIsSaid()
    {
        ReadOutcome read = KubernetesCase.Read(KubernetesCase.Spec("persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }").Replace("Deployment", "StatefulSet", StringComparison.Ordinal));
        Assert.Contains(KubernetesCase.Warnings(read), static warning => warning.EndsWith("spec.persistentVolumeClaimRetentionPolicy: volumes stay until they are deleted: fedctl delete volume NAME", StringComparison.Ordinal));
        Assert.False(KubernetesCase.Carried(read, "extra").ContainsKey("object.spec.persistentVolumeClaimRetentionPolicy"));
    }

    [Fact]
    public void Budgets_ThatContradictEachOther_AreToldByTheirPlace()
    {
        const string budget = "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: NAME }\nspec: { selector: { matchLabels: { app: web } }, SHARE }\n";
        string one = budget.Replace("NAME", "a", StringComparison.Ordinal).Replace("SHARE", "minAvailable: 1", StringComparison.Ordinal);
        Assert.Contains(":16:83: spec.maxUnavailable: minAvailable and maxUnavailable exclude each other", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + one.Replace(": 1", ": 1, maxUnavailable: 1", StringComparison.Ordinal)))[0]);
        Assert.Contains(" spec.selector: another budget selects Deployment web as well", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + one + one.Replace("name: a", "name: b", StringComparison.Ordinal)))[0]);
    }

    [Fact]
    public void Folder_OfAConfigMap_StandsInThePlaceOfTheImagesOwn()
    {
        const string config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf }\ndata: { site.conf: a }\n";
        ReadOutcome read = KubernetesCase.Read(KubernetesCase.Container("volumeMounts: [{ name: c, mountPath: /etc/nginx/conf.d }, { name: c, mountPath: /etc/one.conf, subPath: site.conf }]") + "      volumes: [{ name: c, configMap: { name: conf } }]\n" + config);
        Assert.Equal("[{\"name\":\"hiding-0\",\"emptyDir\":{}}]", (string?)KubernetesCase.Carried(read, "extra")["pod.spec.volumes"]);
        Assert.Equal("[{\"name\":\"hiding-0\",\"mountPath\":\"/etc/nginx/conf.d\"}]", (string?)KubernetesCase.Carried(read, "extra")["container.volumeMounts"]);
        Assert.Single(KubernetesCase.Warnings(read), static warning => warning.Contains("volumeMounts[0].mountPath: elsewhere than in Kubernetes the files lie beside those that the image has in the folder", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("enableServiceLinks")]
    [InlineData("automountServiceAccountToken")]
    public void What_APodOfThePlaneHasNotByItself_IsCarriedWhereItIsAskedFor(string field) =>
        Assert.Equal("true", (string?)KubernetesCase.Carried(KubernetesCase.Read(KubernetesCase.Pod($"{field}: true")), "extra")[$"pod.spec.{field}"]);

    [Fact]
    public void Namespace_WhoseLabelsAClusterGoesBy_IsToldToHaveThemNowhere()
    {
        const string room = "---\napiVersion: v1\nkind: Namespace\nmetadata: { name: NAME, labels: { LABEL } }\n";
        string[] warnings = KubernetesCase.Warnings(KubernetesCase.Read(room.Replace("NAME", "a", StringComparison.Ordinal).Replace("LABEL", "istio-injection: enabled", StringComparison.Ordinal) + room.Replace("NAME", "b", StringComparison.Ordinal).Replace("LABEL", "kubernetes.io/metadata.name: b", StringComparison.Ordinal)));
        Assert.StartsWith("m.yaml:4:22: metadata.labels: no cluster is told of them", Assert.Single(warnings));
    }

    [Fact]
    public void NetworkPolicy_ThatSelectsNamespaces_SaysWhichItFinds()
    {
        const string policy = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web }\nspec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }, { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }] }] }\n";
        string warning = Assert.Single(KubernetesCase.Warnings(KubernetesCase.Read(KubernetesCase.Web + policy)), static one => one.Contains("namespaceSelector", StringComparison.Ordinal));
        Assert.Contains("spec.ingress[0].from[1].namespaceSelector: namespaces of the plane have other names in a cluster", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Ingress_OfAHostWithoutPaths_LeadsToItsDefaultBackend()
    {
        const string service = "---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n";
        const string ingress = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec: { BACKENDrules: [{ host: a.example.com }] }\n";
        ReadOutcome read = KubernetesCase.Read(KubernetesCase.Web + service + ingress.Replace("BACKEND", "defaultBackend: { service: { name: web, port: { number: 80 } } }, ", StringComparison.Ordinal));
        Assert.Equal(["web.default.localhost", "a.example.com"], KubernetesCase.Accepted(read).Select(static declared => declared.Resource).OfType<Domain.Routing.Route>().Select(static route => route.Spec.Host));
        Assert.Contains("spec.rules[0]: a rule has paths", KubernetesCase.Errors(KubernetesCase.Read(KubernetesCase.Web + service + ingress.Replace("BACKEND", "", StringComparison.Ordinal)))[0]);
    }
}
