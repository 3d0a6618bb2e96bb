using System.Text.RegularExpressions;
using Gatehouse.Core.Estate;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>One list makes the registries, the estate Gatehouse reads, and the images clusters may run.</summary>
public sealed class EstateTests
{
    public static TheoryData<string> Stages => ["dev", "prod"];

    [Theory]
    [MemberData(nameof(Stages))]
    public void Estate_AsDeployed_IsTheRegistriesThatAreMade(string stage)
    {
        var snapshot = Snapshot.Of(stage);
        var estate = EstateParser.Parse(snapshot.EstateDocument());

        Assert.Empty(estate.Issues);
        var made = snapshot.OfType("Microsoft.ContainerRegistry/registries").ToList();
        Assert.Equal(
            made.Select(registry => (registry["id"]!.GetValue<string>(), registry["location"]!.GetValue<string>(), registry["tags"]!["bulkhead"]!.GetValue<string>())),
            estate.Map!.Registries.Select(registry => (registry.ResourceId, registry.HomeRegion, registry.Bulkhead)));
        Assert.Equal(
            snapshot.OfType("Microsoft.ContainerRegistry/registries/replications").Select(replica => replica["name"]!.GetValue<string>()),
            estate.Map.Registries.SelectMany(registry => registry.Replicas.Where(replica => replica.Region != registry.HomeRegion)).Select(replica => replica.Id));
        Assert.NotEmpty(estate.Map.Affinity);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void Registries_AsDeployed_AreHardened(string stage)
    {
        var snapshot = Snapshot.Of(stage);
        foreach (var registry in snapshot.OfType("Microsoft.ContainerRegistry/registries"))
        {
            var properties = registry["properties"]!;
            Assert.Equal("Premium", registry["sku"]!["name"]!.GetValue<string>());
            Assert.False(properties["adminUserEnabled"]!.GetValue<bool>());
            Assert.False(properties["anonymousPullEnabled"]!.GetValue<bool>());
            Assert.True(properties["dataEndpointEnabled"]!.GetValue<bool>());
            Assert.Equal("Enabled", properties["regionalEndpoints"]!.GetValue<string>());
            Assert.Equal("AbacRepositoryPermissions", properties["roleAssignmentMode"]!.GetValue<string>());
            Assert.Equal("disabled", properties["policies"]!["azureADAuthenticationAsArmPolicy"]!["status"]!.GetValue<string>());
            Assert.Equal(stage == "prod" ? "Disabled" : "Enabled", properties["publicNetworkAccess"]!.GetValue<string>());
            Assert.Equal(stage == "prod" ? "disabled" : "enabled", properties["policies"]!["exportPolicy"]!["status"]!.GetValue<string>());
            Assert.Equal("AzureServices", properties["networkRuleBypassOptions"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("contosohub.azurecr.io/docker.io/library/nginx@sha256:0", true)]
    [InlineData("contosohub.westeurope.geo.azurecr.io/docker.io/library/nginx:1.27", true)]
    [InlineData("contosoplants.japaneast.geo.azurecr.io/ghcr.io/contoso/app:1", true)]
    [InlineData("contosohub.southindia.geo.azurecr.io/docker.io/library/nginx:1.27", false)]
    [InlineData("contosohubxazurecr.io/docker.io/library/nginx", false)]
    [InlineData("evil.example/contosohub.azurecr.io/nginx", false)]
    [InlineData("contosohub.azurecr.io.evil.example/nginx", false)]
    [InlineData("docker.io/library/nginx", false)]
    [InlineData("nginx", false)]
    public void Images_OfClusters_AreOfTheEstateOnly(string image, bool allowed) =>
        Assert.Equal(allowed, Regex.IsMatch(image, Snapshot.Of("prod").ImagePattern(), RegexOptions.None, TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData("dev", "Audit")]
    [InlineData("prod", "Deny")]
    public void Policies_OfAStage_HaveItsEffect(string stage, string effect) => Assert.All(
        Snapshot.Of(stage).OfType("Microsoft.Authorization/policyAssignments"),
        assignment => Assert.Equal(effect, assignment["properties"]!["parameters"]!["effect"]!["value"]!.GetValue<string>()));

    /// <summary>Azure finds out last. Source: naming rules of Azure resources.</summary>
    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "^[a-z0-9]{3,24}$")]
    [InlineData("Microsoft.KeyVault/vaults", "^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$")]
    [InlineData("Microsoft.ContainerRegistry/registries", "^[a-zA-Z0-9]{5,50}$")]
    [InlineData("Microsoft.EventGrid/systemTopics", "^[a-zA-Z0-9-]{3,50}$")]
    [InlineData("Microsoft.EventGrid/topics", "^[a-zA-Z0-9-]{3,50}$")]
    [InlineData("Microsoft.Web/sites", "^[a-zA-Z0-9][a-zA-Z0-9-]{0,58}[a-zA-Z0-9]$")]
    [InlineData("Microsoft.Web/serverfarms", "^[a-zA-Z0-9-]{1,40}$")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$")]
    [InlineData("Microsoft.ManagedIdentity/userAssignedIdentities", "^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$")]
    public void Names_OfAType_AreAsAzureTakesThem(string type, string pattern)
    {
        var names = new[] { "dev", "prod" }.SelectMany(stage => Snapshot.Of(stage).OfType(type)).Select(resource => resource["name"]!.GetValue<string>()).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Matches(pattern, name));
    }

    /// <summary>No key of an account is ever used, so none is accepted.</summary>
    [Theory]
    [MemberData(nameof(Stages))]
    public void Accounts_AsDeployed_TakeNoKeysAndShowNothing(string stage) => Assert.All(
        Snapshot.Of(stage).OfType("Microsoft.Storage/storageAccounts").Select(account => account["properties"]!),
        account =>
        {
            Assert.False(account["allowSharedKeyAccess"]!.GetValue<bool>());
            Assert.False(account["allowBlobPublicAccess"]!.GetValue<bool>());
            Assert.Equal(stage == "prod" ? "Disabled" : "Enabled", account["publicNetworkAccess"]!.GetValue<string>());
        });

    /// <summary>Another environment's images run beside ours, and nothing that only looks like them.</summary>
    [Theory]
    [InlineData("contosoclosed.azurecr.io/app:1", true)]
    [InlineData("contosohub.azurecr.io/app:1", true)]
    [InlineData("contosohub.westeurope.geo.azurecr.io/app:1", true)]
    [InlineData("contosohub-azurecr.io/app:1", false)]
    [InlineData("contosoplants.azurecr.io/app:1", false)]
    public void Images_OfFurtherHosts_AreAllowedBesideTheEstate(string image, bool allowed) =>
        Assert.Equal(allowed, Regex.IsMatch(image, Snapshot.Of("closed").ImagePattern(), RegexOptions.None, TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData("dev", "Enabled", "Enabled", "Enabled", 0)]
    [InlineData("prod", "Enabled", "Disabled", "Enabled", 3)]
    [InlineData("closed", "Disabled", "Disabled", "Disabled", 3)]
    public void Entrances_OfAStage_AreOpenOrHavePrivateEndpoints(string stage, string app, string governance, string upstream, int endpoints)
    {
        var snapshot = Snapshot.Of(stage);
        var topics = snapshot.OfType("Microsoft.EventGrid/topics").ToDictionary(topic => topic["name"]!.GetValue<string>().Split('-')[1], topic => Access(topic));

        Assert.Equal((app, governance, upstream), (Access(snapshot.OfType("Microsoft.Web/sites").Single()), topics["gatehouse"], topics["upstream"]));
        Assert.Equal(endpoints, snapshot.OfType("Microsoft.Network/privateEndpoints").Count(endpoint =>
            endpoint["properties"]!["privateLinkServiceConnections"]![0]!["properties"]!["groupIds"]![0]!.GetValue<string>() is "sites" or "topic"));
    }

    [Fact]
    public void Registries_ThatAreClosedAndMayExport_AreNotToldToRefuse()
    {
        var closed = Snapshot.Of("closed");

        Assert.Equal("enabled", closed.OfType("Microsoft.ContainerRegistry/registries").Single()["properties"]!["policies"]!["exportPolicy"]!["status"]!.GetValue<string>());
        Assert.DoesNotContain(closed.OfType("Microsoft.Authorization/policyAssignments"), policy => policy["name"]!.GetValue<string>().EndsWith("-no-export", StringComparison.Ordinal));
    }

    private static string Access(System.Text.Json.Nodes.JsonNode resource) => resource["properties"]!["publicNetworkAccess"]!.GetValue<string>();
}
