using Xunit;

namespace Gatehouse.Architecture.Tests;

public sealed class DependencyTests
{
    /// <summary>The domain is pure: no cloud, no network, no web framework.</summary>
    private static readonly string[] BannedInCore = ["Azure.", "Microsoft.Azure", "Microsoft.AspNetCore", "Microsoft.Extensions.Http", "Microsoft.Extensions.Hosting", "System.Net.Http", "System.Net.Sockets"];

    public static TheoryData<string> Projects => Product.Projects;

    [Fact]
    public void Sources_EveryProject_HasItsDependenciesDeclaredHere() => Assert.Equal(
        Product.MayReference.Keys.Order(StringComparer.Ordinal),
        Repository.Projects.Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ProjectReferences_PointTheAllowedWay(string project)
    {
        var references = Repository.Includes(Repository.Project($"src/{project}/{project}.csproj"), "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(references.Except(Product.MayReference[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_PointTheAllowedWay(string project)
    {
        var ours = Product.AssemblyReferences(project).Where(name => name.StartsWith("gatehouse", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(ours.Except(Product.Closure(project)));
    }

    [Fact]
    public void Core_Assembly_KnowsNoCloudNetworkOrWeb() => Assert.DoesNotContain(
        Product.AssemblyReferences("Gatehouse.Core"), name => Array.Exists(BannedInCore, banned => name.StartsWith(banned, StringComparison.Ordinal)));

    [Fact]
    public void Core_Packages_AreOnlyAbstractionsAndYaml()
    {
        var project = Repository.Project("src/Gatehouse.Core/Gatehouse.Core.csproj");

        Assert.Empty(Repository.Includes(project, "FrameworkReference"));
        Assert.Empty(Repository.Includes(project, "PackageReference").Except([
            "YamlDotNet",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options",
            "Microsoft.Extensions.Options.ConfigurationExtensions",
        ]));
    }

    [Theory]
    [InlineData("Gatehouse.Registry", "Azure.")]
    [InlineData("Gatehouse.Registry", "Microsoft.AspNetCore")]
    [InlineData("Gatehouse.Evidence", "Azure.")]
    [InlineData("Gatehouse.Evidence", "Microsoft.AspNetCore")]
    [InlineData("Gatehouse.Azure", "Microsoft.AspNetCore")]
    [InlineData("Gatehouse.Emulator", "Azure.")]
    [InlineData("Gatehouse.Cli", "Azure.")]
    [InlineData("Gatehouse.Cli", "Microsoft.AspNetCore")]
    public void Assembly_OfALayer_KnowsNothingOfAnothersFramework(string project, string framework) =>
        Assert.DoesNotContain(Product.AssemblyReferences(project), name => name.StartsWith(framework, StringComparison.Ordinal));

    [Fact]
    public void Solution_EveryProject_IsInIt()
    {
        var solution = File.ReadAllText(Repository.Solution).Replace('\\', '/');

        Assert.DoesNotContain(Repository.Projects, path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal));
    }
}
