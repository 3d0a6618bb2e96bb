using System.Text.Json;
using Gatehouse.Core.Estate;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class EstateParserTests
{
    private const string Id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/registries/providers/Microsoft.ContainerRegistry/registries/";

    private const string Valid = $$"""
        apiVersion: gatehouse/v1
        kind: Estate
        target: "{registry}/{repository}"
        registries:
          - name: contosohub
            resourceId: {{Id}}contosohub
            home: westeurope
            bulkhead: hub
            regions: [westeurope, {name: northeurope, endpoint: "localhost:5001"}, eastus2]
          - name: ContosoPlant
            resourceId: {{Id}}ContosoPlant
            loginServer: plant.example.com
            home: japaneast
            regions: [japaneast]
        affinity:
          westeurope: [contosohub/westeurope, contosohub/northeurope]
        objectives: { availability: 99.99, recoveryTime: 5m, replicationLag: 90s }
        """;

    [Fact]
    public void Parse_CompleteFile_FillsDefaultsAndKeepsOrder()
    {
        var map = Assert.IsType<EstateMap>(EstateParser.Parse(Valid).Map);

        Assert.Equal(
            ["contosohub.westeurope.geo.azurecr.io", "localhost:5001", "contosohub.eastus2.geo.azurecr.io", "contosoplant.japaneast.geo.azurecr.io"],
            map.Replicas.Select(replica => replica.Endpoint));
        Assert.Equal(["contosohub.azurecr.io", "plant.example.com"], map.Registries.Select(registry => registry.LoginServer));
        Assert.Equal(["hub", "ContosoPlant"], map.Registries.Select(registry => registry.Bulkhead));
        Assert.Equal(["contosohub/westeurope", "contosohub/northeurope"], map.Affinity["westeurope"]);
        Assert.Equal(new EstateObjectives(99.99, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(90)), map.Objectives);
    }

    [Fact]
    public void Parse_AnotherCloud_FillsDefaultsWithItsSuffix()
    {
        var map = EstateParser.Parse(Valid, "azurecr.us").Map!;

        Assert.Equal(["contosohub.azurecr.us", "plant.example.com"], map.Registries.Select(registry => registry.LoginServer));
        Assert.Equal("contosohub.westeurope.geo.azurecr.us", map.Replicas.First().Endpoint);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("azurecr.cn", true)]
    [InlineData("Azurecr.cn", false)]
    [InlineData("", false)]
    [InlineData("https://azurecr.cn", false)]
    public void Options_RegistrySuffix_IsADomainOrNone(string? suffix, bool passes)
    {
        var result = new EstateOptionsValidator().Validate(null, new EstateOptions { RegistrySuffix = suffix });

        Assert.Equal(passes, result.Succeeded);
        Assert.True(passes || result.FailureMessage!.StartsWith($"Gatehouse:Estate:RegistrySuffix is '{suffix}'", StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_CompleteFile_SurvivesJson()
    {
        var map = EstateParser.Parse(Valid).Map!;

        var json = JsonSerializer.Serialize(map, EstateJson.Default.EstateMap);
        var again = JsonSerializer.Deserialize(json, EstateJson.Default.EstateMap)!;

        Assert.Equal(json, JsonSerializer.Serialize(again, EstateJson.Default.EstateMap));
        Assert.Equal(map.Replicas, again.Replicas);
        Assert.Equal(map.Affinity["westeurope"], again.Affinity["westeurope"]);
        Assert.Equal(map.Objectives, again.Objectives);
    }

    [Theory]
    [InlineData("apiVersion: gatehouse/v1", "apiVersion: gatehouse/v2", 1, "apiVersion", "gatehouse/v2")]
    [InlineData("kind: Estate", "kind: Policy", 2, "kind", "Policy")]
    [InlineData("\"{registry}/{repository}\"", "\"{repository}\"", 3, "target", "{repository}")]
    [InlineData("\"{registry}/{repository}\"", "\"Mirror/{registry}/{repository}\"", 3, "target", "Mirror/{registry}/{repository}")]
    [InlineData("name: contosohub", "name: hub", 5, "registries[0].name", "hub")]
    [InlineData("registries/contosohub", "registries/other", 6, "registries[0].resourceId", Id + "other")]
    [InlineData("home: westeurope", "home: uksouth", 7, "registries[0].home", "uksouth")]
    [InlineData("bulkhead: hub", "bulkheads: hub", 8, "registries[0].bulkheads", "bulkheads")]
    [InlineData("[westeurope, {", "[westeurope, West Europe, {", 9, "registries[0].regions[1]", "West Europe")]
    [InlineData("eastus2]", "westeurope]", 9, "registries[0].regions[2]", "westeurope")]
    [InlineData("localhost:5001", "https://localhost", 9, "registries[0].regions[1].endpoint", "https://localhost")]
    [InlineData("localhost:5001", "localhost:70000", 9, "registries[0].regions[1].endpoint", "localhost:70000")]
    [InlineData("name: ContosoPlant", "name: CONTOSOHUB", 10, "registries[1].name", "CONTOSOHUB")]
    [InlineData("plant.example.com", "contosohub.azurecr.io", 12, "registries[1].loginServer", "contosohub.azurecr.io")]
    [InlineData("contosohub/northeurope]", "contosohub/uksouth]", 16, "affinity.westeurope[1]", "contosohub/uksouth")]
    [InlineData("contosohub/northeurope]", "contosohub/westeurope]", 16, "affinity.westeurope[1]", "contosohub/westeurope")]
    [InlineData("availability: 99.99", "availability: 100", 17, "objectives.availability", "100")]
    [InlineData("recoveryTime: 5m", "recoveryTime: 5 minutes", 17, "objectives.recoveryTime", "5 minutes")]
    [InlineData("replicationLag: 90s", "replicationLag: 8d", 17, "objectives.replicationLag", "8d")]
    public void Parse_WrongValue_NamesLinePathValueAndAllowed(string right, string wrong, int line, string path, string value)
    {
        var (map, issues) = EstateParser.Parse(Valid.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Null(map);
        var issue = Assert.Single(issues, issue => issue.Path == path);
        Assert.Equal((line, value), (issue.Line, issue.Value));
        Assert.NotEmpty(issue.Allowed);
        Assert.Contains($"line {line}, {path}: '{value}'", issue.ToString());
    }

    [Fact]
    public void Parse_HomeNotAmongRegions_NamesTheRegions()
    {
        var issue = Assert.Single(EstateParser.Parse(Valid.Replace("home: westeurope", "home: uksouth", StringComparison.Ordinal)).Issues);

        Assert.Equal("one of the registry's regions: westeurope, northeurope, eastus2", issue.Allowed);
    }

    [Fact]
    public void Parse_ManyErrors_ReportsAllInOrder()
    {
        var text = Valid
            .Replace("kind: Estate", "kind: State\nkind: Estate\nextra: 1", StringComparison.Ordinal)
            .Replace("home: japaneast", "homes: japaneast", StringComparison.Ordinal)
            .Replace("5m", "soon", StringComparison.Ordinal);

        var issues = EstateParser.Parse(text).Issues;

        Assert.Equal(["kind", "kind", "extra", "registries[1].home", "registries[1].homes", "objectives.recoveryTime"], issues.Select(issue => issue.Path));
        Assert.Equal(issues.Select(issue => issue.Line).Order(), issues.Select(issue => issue.Line));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void Parse_Quarantine_IsASwitch(string text, bool on)
    {
        var (map, issues) = EstateParser.Parse(Valid.Replace("bulkhead: hub", $"quarantine: {text}", StringComparison.Ordinal));

        Assert.Empty(issues);
        Assert.Equal([on, false], map!.Registries.Select(registry => registry.Quarantine));
        Assert.Equal("registries[0].quarantine", Assert.Single(EstateParser.Parse(Valid.Replace("bulkhead: hub", "quarantine: on", StringComparison.Ordinal)).Issues).Path);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("apiVersion: [", 2)]
    [InlineData("a: &x 1\nb: *x", 1)]
    [InlineData("apiVersion: gatehouse/v1\n---\nkind: Estate", 2)]
    [InlineData("[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", 1)]
    [InlineData("just text", 1)]
    public void Parse_NotAnEstate_IsRefusedWithALine(string text, int line)
    {
        var (map, issues) = EstateParser.Parse(text);

        Assert.Null(map);
        Assert.Equal(line, Assert.Single(issues).Line);
    }
}
