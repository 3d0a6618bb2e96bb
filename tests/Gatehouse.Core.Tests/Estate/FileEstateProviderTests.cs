using Gatehouse.Core.Estate;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class FileEstateProviderTests
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

    private static FileEstateProvider Create(string path) =>
        new(Options.Create(new EstateOptions { Path = path }), NullLogger<FileEstateProvider>.Instance);
}
