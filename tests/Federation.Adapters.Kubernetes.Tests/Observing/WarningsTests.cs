using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Observing;

namespace Federation.Adapters.Kubernetes.Tests.Observing;

/// <summary>Events come in any order, and again with every list: what is over must not come back by one of them.</summary>
public sealed class WarningsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static EventObject Told(string kind, string reason, string message, int after = 0, string type = "Warning") =>
        new() { InvolvedObject = new ObjectReference { Kind = kind, Uid = "u" }, Reason = reason, Message = message, Type = type, LastTimestamp = Noon.AddSeconds(after) };

    private static string? After(params EventObject[] events)
    {
        var warnings = new Warnings();
        foreach (EventObject one in events) warnings.Take(one);
        return warnings.Of("u")?.Text;
    }

    [Fact]
    public void Of_AnObject_IsTheNewest_WhateverTheOrder()
    {
        Assert.Equal("new", After(Told("StatefulSet", "FailedCreate", "old"), Told("StatefulSet", "FailedCreate", "new", 1)));
        Assert.Equal("new", After(Told("StatefulSet", "FailedCreate", "new", 1), Told("StatefulSet", "FailedCreate", "old")));
        Assert.Null(new Warnings().Of("u"));
    }

    [Fact]
    public void Of_WhatMakesPods_IsARefusalAlone()
    {
        Assert.Null(After(Told("StatefulSet", "RecreatingFailedPod", "x"), Told("Job", "BackoffLimitExceeded", "x"), Told("CronJob", "MissSchedule", "x"), Told("ReplicaSet", "FailedCreate", "x")));
        Assert.Null(After(Told("StatefulSet", "SuccessfulCreate", "x", type: "Normal"), Told("Pod", "Started", "x", type: "Normal")));
        Assert.Equal("x", After(Told("Job", "FailedCreate", "x")));
        Assert.Equal("x", After(Told("Pod", "FailedMount", "x")));
    }

    [Fact]
    public void Of_ACronJob_IsNothingOnceARunHasBegun()
    {
        EventObject refused = Told("CronJob", "FailedCreate", "x"), begun = Told("CronJob", "SuccessfulCreate", "Created job web-2", 5, "Normal");
        Assert.Null(After(refused, begun));
        Assert.Null(After(begun, refused));
        Assert.Equal("y", After(begun, Told("CronJob", "FailedCreate", "y", 6)));
    }

    [Fact]
    public void Answer_HoldsAgainstTheSameEventOnceMore_AndNotAgainstANewerOne()
    {
        var warnings = new Warnings();
        warnings.Take(Told("StatefulSet", "FailedCreate", "x"));
        warnings.Answer("u");
        Assert.Null(warnings.Of("u"));
        warnings.Take(Told("StatefulSet", "FailedCreate", "x"));
        warnings.Take(Told("StatefulSet", "FailedCreate", "w", -1));
        Assert.Null(warnings.Of("u"));
        warnings.Take(Told("StatefulSet", "FailedCreate", "x", 1));
        Assert.Equal(("x", Noon.AddSeconds(1)), warnings.Of("u"));
    }

    [Fact]
    public void Keep_OfAKind_LeavesOtherKindsAlone()
    {
        var warnings = new Warnings();
        warnings.Take(Told("Job", "FailedCreate", "x"));
        // Pods are listed before Jobs are.
        warnings.Keep("Pod", []);
        Assert.NotNull(warnings.Of("u"));
        warnings.Keep("Job", ["u"]);
        Assert.NotNull(warnings.Of("u"));
        warnings.Keep("Job", []);
        Assert.Null(warnings.Of("u"));
    }

    [Theory]
    [InlineData("create Pod web-2 in StatefulSet web failed error: pods \"web-2\" is forbidden: x", "web-2", "the cluster refuses its pods: pods \"web-2\" is forbidden: x")]
    [InlineData("(combined from similar events): create Pod web-12 in StatefulSet web failed error: pods \"web-12\" is forbidden: exceeded quota: a", "web-12", "the cluster's quota does not allow its pods: pods \"web-12\" is forbidden: exceeded quota: a")]
    [InlineData("create Claim data-web-0 Pod web-0 in StatefulSet web failed error: failed to create PVC data-web-0: x", "web-0", "the cluster refuses its pods: failed to create PVC data-web-0: x")]
    [InlineData("(combined from similar events): Error creating: pods \"web-x\" is forbidden: failed quota: b", null, "the cluster's quota does not allow its pods: pods \"web-x\" is forbidden: failed quota: b")]
    [InlineData("something else.", null, "the cluster refuses its pods: something else")]
    public void Refused_IsToldByWhatTheClusterSaysWithoutWhoTried(string words, string? pod, string sentence)
    {
        Assert.Equal(pod, WorkloadDiagnosis.PodIn(words, "web"));
        Assert.Equal(sentence, WorkloadDiagnosis.Refused(words, "its pods"));
    }
}
