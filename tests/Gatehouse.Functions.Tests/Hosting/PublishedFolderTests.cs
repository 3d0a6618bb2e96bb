using System.Reflection.PortableExecutable;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Gatehouse.Functions.Tests.Hosting.Schemas;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Hosting;

/// <summary>What <c>dotnet publish src/Gatehouse.Functions</c> writes: the folder the Functions host starts, and nothing else.</summary>
public sealed class PublishedFolderTests
{
    private const string App = "Gatehouse.Functions";

    private static readonly string[] HttpFunctions = ["Api", "Console", "ClusterAdmission", "UpstreamHooks"];

    [Fact]
    public async Task Files_AreTheHostsAndTheProgramsAndNoOthers()
    {
        var folder = await PublishedApp.GetAsync();
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'));
        string[] expected =
        [
            "host.json",
            App,
            $"{App}.deps.json",
            $"{App}.runtimeconfig.json",
            .. TriggerNames.All.Concat(HttpFunctions).Select(name => $"{name}/function.json"),
            .. Dependencies(folder),
        ];

        Assert.Equal(expected.Distinct().Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(expected, file => Path.GetExtension(file) is ".pdb" or ".xml" or ".config" or ".br" or ".gz");
    }

    [Fact]
    public async Task Files_TheHostReads_AreAsItReadsThem()
    {
        var folder = await PublishedApp.GetAsync();

        Assert.Empty(HostFileRules.Check(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), TestContext.Current.CancellationToken)));
        Assert.All(
            Directory.GetDirectories(folder),
            function => Assert.Empty(FunctionFileRules.Check(File.ReadAllText(Path.Combine(function, "function.json")))));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Program_IsTheOneTheHostStarts_WithItsRunBit()
    {
        var folder = await PublishedApp.GetAsync();
        var host = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), TestContext.Current.CancellationToken))!;
        var program = Path.Combine(folder, host["customHandler"]!["description"]!["defaultExecutablePath"]!.GetValue<string>());

        Assert.Equal(Path.Combine(folder, App), program);
        Assert.True(File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        Assert.Equal("\u007fELF"u8.ToArray(), (await File.ReadAllBytesAsync(program, TestContext.Current.CancellationToken))[..4]);
    }

    /// <summary>The custom runtime's image has no .NET.</summary>
    [Fact]
    public async Task Program_BringsItsOwnRuntime()
    {
        var folder = await PublishedApp.GetAsync();
        var options = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"{App}.runtimeconfig.json"), TestContext.Current.CancellationToken))!["runtimeOptions"]!;

        Assert.Null(options["framework"]);
        Assert.Equal(["Microsoft.NETCore.App", "Microsoft.AspNetCore.App"], options["includedFrameworks"]!.AsArray().Select(framework => framework!["name"]!.GetValue<string>()));
        Assert.True(File.Exists(Path.Combine(folder, "libcoreclr.so")));
    }

    [Theory]
    [InlineData("Gatehouse.Functions")]
    [InlineData("Gatehouse.Core")]
    [InlineData("Gatehouse.Azure")]
    [InlineData("Gatehouse.Registry")]
    [InlineData("Gatehouse.Evidence")]
    [InlineData("Azure.Core")]
    public async Task Assembly_IsCompiledAhead(string name)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(await PublishedApp.GetAsync(), $"{name}.dll")));

        Assert.True(file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }

    /// <summary>What the runtime will look for, by the file that tells it.</summary>
    private static IEnumerable<string> Dependencies(string folder)
    {
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, $"{App}.deps.json")))!;
        var target = document["targets"]![document["runtimeTarget"]!["name"]!.GetValue<string>()]!.AsObject();
        return target
            .SelectMany(library => new[] { library.Value!["runtime"], library.Value!["native"] })
            .OfType<JsonObject>()
            .SelectMany(files => files)
            .Select(file => Path.GetFileName(file.Key));
    }
}
