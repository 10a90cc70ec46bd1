using Federation.Contracts.Api;

namespace Federation.Client.Tests.Cli;

/// <summary>Editors here are shell scripts; each opening is noted, and what was seen is kept.</summary>
public sealed class EditTests : IAsyncLifetime
{
    private const string Web = "/v1/namespaces/default/routes/web";
    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-edit-tests-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync()
    {
        _plane = await StandInPlane.StartAsync(_folder);
        _plane.Keep(Web, """{"apiVersion":"federation/v1","kind":"Route","metadata":{"name":"web","namespace":"default","resourceVersion":"5","generation":1},"spec":{"host":"web.localhost","workload":"web"}}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Edit_Saved_IsAppliedAtTheVersionThatWasRead()
    {
        FedctlCall call = await EditAsync("sed -i 's/web.localhost/shop.localhost/' \"$1\"");
        Assert.Equal((0, "route/web edited\n"), (call.ExitCode, call.Out));
        Assert.Equal("shop.localhost", _plane.Resources[Web]["spec"]!["host"]!.GetValue<string>());
        Assert.DoesNotContain("resourceVersion", Seen(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData(": > \"$1\"")]
    public async Task Edit_LeftAsItIsOrEmptied_ChangesNothing(string editor)
    {
        FedctlCall call = await EditAsync(editor);
        Assert.Equal((0, "route/web unchanged\n"), (call.ExitCode, call.Out));
        Assert.DoesNotContain(_plane.Requests, static request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edit_Malformed_ComesBackWithTheReasonAndWhatWasWritten()
    {
        // First a slip, then the correction.
        FedctlCall call = await EditAsync("if [ $turn = 1 ]; then sed -i 's/host:/hots:/' \"$1\"; else sed -i 's/hots:/host:/; s/web.localhost/shop.localhost/' \"$1\"; fi");
        Assert.Equal(0, call.ExitCode);
        Assert.Contains("# Refused: ", Seen(2), StringComparison.Ordinal);
        Assert.Contains("did you mean host?", Seen(2), StringComparison.Ordinal);
        Assert.Contains("hots: web.localhost", Seen(2), StringComparison.Ordinal);
        Assert.Equal("shop.localhost", _plane.Resources[Web]["spec"]!["host"]!.GetValue<string>());
    }

    [Fact]
    public async Task Edit_RefusedAndGivenUp_EndsWith3AndKeepsWhatWasWritten()
    {
        _plane.Answers["PUT " + Web] = (409, new { type = ProblemTypes.Claimed, title = "Claimed", status = 409, detail = "host shop.localhost is claimed" });
        FedctlCall call = await EditAsync("[ $turn = 1 ] && sed -i 's/web.localhost/shop.localhost/' \"$1\" || true");
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("# Refused: host shop.localhost is claimed", Seen(2), StringComparison.Ordinal);
        string kept = call.Error.Split("what you wrote is in ")[1].Split('\n')[0];
        Assert.Contains("host: shop.localhost", await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(kept)!, recursive: true);
    }

    [Fact]
    public async Task Edit_ChangedMeanwhile_ComesBackWithTheirsAsARemark()
    {
        _plane.Answers["PUT " + Web] = (412, new { type = "t", title = "Changed", status = 412, detail = "it was changed" });
        Task<FedctlCall> editing = EditAsync("""
            if [ $turn = 1 ]; then sed -i 's/web.localhost/shop.localhost/' "$1"; fi
            if [ $turn = 2 ]; then touch "$notes/second"; while [ ! -e "$notes/go" ]; do sleep 0.05; done; echo '# once more' >> "$1"; fi
            """);
        await UntilAsync(() => File.Exists(Path.Combine(_folder, "second")));
        _plane.Answers.Clear();
        await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "", TestContext.Current.CancellationToken);
        FedctlCall call = await editing;
        Assert.Equal((0, "route/web edited\n"), (call.ExitCode, call.Out));
        Assert.Contains("somebody changed it meanwhile", Seen(2), StringComparison.Ordinal);
        Assert.Contains("#   host: web.localhost", Seen(2), StringComparison.Ordinal);
        Assert.Contains("\n  host: shop.localhost", Seen(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_Secret_IsRefusedWithAWayOut()
    {
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["edit", "secret", "shop"]);
        Assert.Equal(2, call.ExitCode);
        Assert.Contains("fedctl secret create shop", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_Recursive_ShowsAllFieldsUnderEachOther()
    {
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["explain", "workload.spec.template.ports", "--recursive"]);
        Assert.Equal(0, call.ExitCode);
        Assert.Contains("  containerPort: whole number (1..65535)", call.Lines);
        FedctlCall slip = await FedctlCall.RunAsync(_plane.ContextPath, ["explain", "workload.spec.replcas"]);
        Assert.Contains("did you mean workload.spec.replicas?", slip.Error, StringComparison.Ordinal);
    }

    private string Seen(int turn) => File.ReadAllText(Path.Combine(_folder, $"seen.{turn}"));

    private async Task<FedctlCall> EditAsync(string editor)
    {
        string script = Path.Combine(_folder, "editor.sh");
        await File.WriteAllTextAsync(script, $"""
            notes='{_folder}'
            turn=$(( $(ls "$notes" | grep -c '^seen') + 1 ))
            cp "$1" "$notes/seen.$turn"
            {editor}
            """ + "\n", TestContext.Current.CancellationToken);
        var output = new StringWriter();
        var error = new StringWriter();
        var console = new Federation.Cli.CliConsole(() => Stream.Null, output, error, false, false, false, 80);
        string context = _plane.ContextPath;
        using var session = Federation.Cli.Session.PlaneSession.Open(context, null, null, null, static _ => { });
        int code;
        try
        {
            code = await new Federation.Cli.Editing.EditRun(session, console, (file, ct) => Federation.Cli.Editing.Editor.OpenAsync(file, name => name == "EDITOR" ? $"sh {script}" : null, ct))
                .RunAsync(Federation.Domain.Resources.ResourceKind.Find("route")!, "web", TestContext.Current.CancellationToken);
        }
        catch (Exception failure)
        {
            code = Federation.Cli.Session.Failures.Tell(failure, console, TestContext.Current.CancellationToken);
        }
        return new(code, output.ToString(), error.ToString());
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(20, limit.Token);
    }
}
