using Gatehouse.Core.Estate;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class EstateProviderTests
{
    private const string Text = """
        apiVersion: gatehouse/v1
        kind: Estate
        registries:
          - name: contosohub
            resourceId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contosohub
            home: westeurope
            regions: [westeurope]
        """;

    private const string Json = """
        {"apiVersion":"gatehouse/v1","kind":"Estate","registries":[{"name":"contosohub","resourceId":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contosohub","loginServer":"contosohub.azurecr.io","home":"westeurope","bulkhead":"hub","regions":["westeurope","eastus2"]}],"affinity":{"eastus2":["contosohub/eastus2","contosohub/westeurope"]},"objectives":{"availability":"99.99","recoveryTime":"5m"}}
        """;

    [Fact]
    public async Task Get_FileGoneAfterFirstRead_AnswersFromMemory()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["estate.yaml"], Text, TestContext.Current.CancellationToken);
        using var provider = Create(directory["estate.yaml"]);

        var first = await provider.GetAsync(TestContext.Current.CancellationToken);
        File.Delete(directory["estate.yaml"]);

        Assert.Same(first, await provider.GetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_FileMissing_NamesKeyAndPathAndTriesAgainLater()
    {
        using var directory = new TempDirectory();
        using var provider = Create(directory["estate.yaml"]);

        var error = await Assert.ThrowsAsync<EstateInvalidException>(() => provider.GetAsync(TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(directory["estate.yaml"], Text, TestContext.Current.CancellationToken);

        Assert.Contains("Gatehouse:Estate:Path", error.Message);
        Assert.Contains(directory["estate.yaml"], error.Message);
        Assert.Single((await provider.GetAsync(TestContext.Current.CancellationToken)).Registries);
    }

    [Fact]
    public async Task Get_InvalidFile_ListsEveryIssue()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["estate.yaml"], "apiVersion: x\nkind: y", TestContext.Current.CancellationToken);
        using var provider = Create(directory["estate.yaml"]);

        var error = await Assert.ThrowsAsync<EstateInvalidException>(() => provider.GetAsync(TestContext.Current.CancellationToken));

        Assert.Equal(3, error.Issues.Count);
        Assert.All(error.Issues, issue => Assert.Contains(issue.ToString(), error.Message));
    }

    /// <summary>As a deployment writes it: JSON without a space in it, from the list that makes the registries.</summary>
    [Fact]
    public async Task Get_DocumentInJson_IsTheEstateAndNoFileIsRead()
    {
        using var provider = new EstateProvider(Options.Create(new EstateOptions { Document = Json }), NullLogger<EstateProvider>.Instance);

        var estate = await provider.GetAsync(TestContext.Current.CancellationToken);

        var registry = Assert.Single(estate.Registries);
        Assert.Equal("contosohub.azurecr.io", registry.LoginServer);
        Assert.Equal("hub", registry.Bulkhead);
        Assert.Equal(["contosohub/westeurope", "contosohub/eastus2"], registry.Replicas.Select(replica => replica.Id));
        Assert.Equal(["contosohub/eastus2", "contosohub/westeurope"], estate.Affinity["eastus2"]);
        Assert.Equal(99.99, estate.Objectives.Availability);
    }

    [Fact]
    public async Task Get_InvalidDocument_NamesItsKey()
    {
        using var provider = new EstateProvider(Options.Create(new EstateOptions { Document = "{}" }), NullLogger<EstateProvider>.Instance);

        var error = await Assert.ThrowsAsync<EstateInvalidException>(() => provider.GetAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("Gatehouse:Estate:Document does not describe an estate (3 errors):", error.Message);
    }

    [Fact]
    public void Options_InvalidDocument_SayEveryIssueWithItsKey()
    {
        var result = new EstateOptionsValidator().Validate(null, new() { Document = """{"apiVersion":"gatehouse/v2","kind":"Estate","registries":[]}""" });

        Assert.Equal(
            [
                "Gatehouse:Estate:Document, line 1, apiVersion: 'gatehouse/v2' is not allowed; write gatehouse/v1.",
                "Gatehouse:Estate:Document, line 1, registries: 'a list of 0' is not allowed; write a list of at least one registry.",
            ],
            result.Failures);
    }

    [Fact]
    public void Options_DocumentAndPath_AreRefusedTogether()
    {
        var validator = new EstateOptionsValidator();

        Assert.True(validator.Validate(null, new() { Document = Json }).Succeeded);
        Assert.True(validator.Validate(null, new() { Path = "estate.yaml" }).Succeeded);
        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.Equal("Gatehouse:Estate:Document is set, and so is Gatehouse:Estate:Path; write exactly one of the two.", validator.Validate(null, new() { Document = Json, Path = "estate.yaml" }).FailureMessage);
    }

    [Fact]
    public void Options_DocumentOfTooManyBytes_IsRefusedUnread()
    {
        var result = new EstateOptionsValidator().Validate(null, new() { Document = new string('é', (EstateOptions.MaxBytes / 2) + 1) });

        Assert.Equal("Gatehouse:Estate:Document has 1048578 bytes; write at most 1048576, or a file and Gatehouse:Estate:Path.", Assert.Single(result.Failures!));
    }

    private static EstateProvider Create(string path) =>
        new(Options.Create(new EstateOptions { Path = path }), NullLogger<EstateProvider>.Instance);
}
