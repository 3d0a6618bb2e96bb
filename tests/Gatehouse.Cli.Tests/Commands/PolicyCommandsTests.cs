using System.Text;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Commands;

public sealed class PolicyCommandsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task List_Policies_AreRows()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/policies", $$"""{"policies":[{{Samples.Policy}}]}"""));

        var run = (await Cli.RunAsync(server, "policy", "list")).Exits(0);

        Assert.Equal(["SCOPE VERSION APPLIED BY", "contoso 3 2026-03-01 12:00:00Z paula"], run.Lines);
    }

    [Theory]
    [InlineData("apiVersion: gatehouse/v1\r\nscope: contoso\n")]
    [InlineData("scope: contoso")]
    public async Task Get_Document_IsPrintedByteForByte(string yaml)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/api/policies/contoso/payments", yaml, ("ETag", "\"v3\""), ("Content-Type", "text/yaml")));

        var run = (await Cli.RunAsync(server, "policy", "get", "contoso/payments")).Exits(0);

        Assert.Equal(yaml, run.Out);
        Assert.Equal("ETag: \"v3\"\n", run.Error);
    }

    [Fact]
    public async Task Get_Json_HoldsETagAndText()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/api/policies/contoso", "a: 1\n", ("ETag", "\"v3\"")));

        var run = (await Cli.RunAsync(server, "policy", "get", "contoso", "--json")).Exits(0);

        Assert.Equal("""{"scope":"contoso","eTag":"\u0022v3\u0022","yaml":"a: 1\n"}""" + "\n", run.Out);
    }

    [Theory]
    [InlineData("Contoso")]
    [InlineData("contoso/../intakes")]
    public async Task Get_NoScope_IsNotSent(string scope)
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "policy", "get", scope)).Exits(1);

        Assert.Contains($"'{scope}' is not a scope", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Apply_SeveralFiles_SendsEachToItsScopeParentsFirst()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("PUT", "*", Samples.Policy));
        var child = Write("a.yaml", "# first\r\nscope: contoso/payments   # who\r\nrules: {}\r\n");
        var parent = Write("b.yaml", "\uFEFFapiVersion: gatehouse/v1\nscope: \"contoso\"\nrules: {}\n");

        var run = (await Cli.RunAsync(server, "policy", "apply", child, parent)).Exits(0);

        Assert.Equal(["PUT /api/policies/contoso", "PUT /api/policies/contoso/payments"], server.Requests.Select(one => one.ToString()));
        Assert.Equal(await File.ReadAllBytesAsync(child), server.Requests[1].Body.ToArray());
        Assert.All(server.Requests, one => Assert.Equal("text/yaml", one.Header("Content-Type")));
        Assert.All(server.Requests, one => Assert.Null(one.Header("If-Match")));
        Assert.Equal("contoso: version 3, applied 2026-03-01 12:00:00Z by paula", run.Lines[0]);
        Assert.StartsWith("warning: contoso/payments asks for less\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"v3\"", "\"v3\"")]
    [InlineData("v3", "\"v3\"")]
    [InlineData("*", "*")]
    public async Task Apply_IfMatch_IsSentQuoted(string given, string sent)
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("PUT", "/api/policies/contoso", Samples.Policy));

        (await Cli.RunAsync(server, "policy", "apply", Write("a.yaml", "scope: contoso\n"), "--if-match", given)).Exits(0);

        Assert.Equal(sent, Assert.Single(server.Requests).Header("If-Match"));
    }

    [Fact]
    public async Task Apply_IfMatchWithTwoFiles_IsAUsageError()
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "policy", "apply", "a.yaml", "b.yaml", "--if-match", "v3")).Exits(1);

        Assert.Contains("one file at a time", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_IfMatchTwice_IsAUsageError()
    {
        var run = (await new Cli().RunAsync("policy", "apply", "a.yaml", "--if-match", "v3", "--if-match", "v4")).Exits(1);

        Assert.Contains("'--if-match' expects a single argument", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_SecondRefused_StopsAndSaysWhatWasDone()
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("PUT", "/api/policies/contoso", Samples.Policy),
            Samples.Problem("PUT", "/api/policies/contoso/payments", 409, """{"code":"policy-loosens","detail":"Line 4 loosens line 9 of contoso."}"""));
        var middle = Write("b.yaml", "scope: contoso/payments\n");

        var run = (await Cli.RunAsync(server, "policy", "apply", Write("c.yaml", "scope: contoso/payments/ledger\n"), middle, Write("a.yaml", "scope: contoso\n"))).Exits(2);

        Assert.Contains($"{middle} was not applied; 1 before it were, 1 after it were not sent.", run.Error, StringComparison.Ordinal);
        Assert.Contains("error: Line 4 loosens line 9 of contoso.", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("rules: {}\n", "0 lines that start with 'scope:'")]
    [InlineData("scope: a\nscope: b\n", "2 lines that start with 'scope:'")]
    [InlineData("scope: Not A Scope\n", "'Not A Scope' is not a scope")]
    [InlineData("  scope: contoso\n", "0 lines that start with 'scope:'")]
    public async Task Apply_NoScopeInAnyFile_SendsNothing(string yaml, string message)
    {
        await using var server = await ScriptedServer.StartAsync();
        var bad = Write("b.yaml", yaml);

        var run = (await Cli.RunAsync(server, "policy", "apply", Write("a.yaml", "scope: contoso\n"), bad)).Exits(1);

        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains(bad, run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Apply_TwoFilesOfOneScope_SendsNothing()
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "policy", "apply", Write("a.yaml", "scope: contoso\n"), Write("b.yaml", "scope: contoso\n"))).Exits(1);

        Assert.Contains("More than one file is for the scope 'contoso'", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private string Write(string name, string yaml)
    {
        File.WriteAllText(_directory[name], yaml, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return _directory[name];
    }
}
