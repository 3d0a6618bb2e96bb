using System.Net;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Emulator.Tests.Arm;

public sealed class CacheRuleTests
{
    private const string Rules = "/cacheRules/";
    private const string Sets = "/credentialSets/";
    private const string Set = """{"identity":{"type":"SystemAssigned"},"properties":{"loginServer":"docker.io","authCredentials":[{"name":"Credential1","usernameSecretIdentifier":"https://kv.vault.azure.net/secrets/u","passwordSecretIdentifier":"https://kv.vault.azure.net/secrets/p"}]}}""";

    [Fact]
    public async Task Rule_WithCredentials_IsKeptPatchedAndDeleted()
    {
        using var directory = new TempDirectory();
        var clock = new ManualTimeProvider();
        await using (var first = await ArmChangeTests.StartAsync(directory, clock))
        {
            var arm = new ArmClient(first);
            using var set = await arm.SendAsync(HttpMethod.Put, arm.Resource + Sets + "dockerhub", Set);
            clock.Advance(TimeSpan.FromMinutes(10));
            using var rule = await arm.SendAsync(HttpMethod.Put, arm.Resource + Rules + "nginx", Rule("docker.io/library/nginx", "cache/nginx", arm.Resource + Sets + "dockerhub"));
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (set.StatusCode, rule.StatusCode));
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        await using var second = await ArmChangeTests.StartAsync(directory, clock);
        var again = new ArmClient(second);
        using var get = await again.SendAsync(HttpMethod.Get, again.Resource + Rules + "NGINX");
        var properties = (await AcrClient.JsonAsync(get)).GetProperty("properties");
        Assert.Equal(
            ("docker.io/library/nginx", "cache/nginx", again.Resource + Sets + "dockerhub", "Succeeded"),
            (properties.GetProperty("sourceRepository").GetString(), properties.GetProperty("targetRepository").GetString(), properties.GetProperty("credentialSetResourceId").GetString(), properties.GetProperty("provisioningState").GetString()));
        using var used = await again.SendAsync(HttpMethod.Delete, again.Resource + Sets + "dockerhub");
        Assert.Equal(HttpStatusCode.Conflict, used.StatusCode);
        using var bare = await again.SendAsync(HttpMethod.Patch, again.Resource + Rules + "nginx", """{"properties":{"credentialSetResourceId":null}}""");
        Assert.Equal("CredentialSetRequired", await ArmClient.CodeAsync(bare));
        using var delete = await again.SendAsync(HttpMethod.Delete, again.Resource + Rules + "nginx");
        Assert.Equal(HttpStatusCode.Accepted, delete.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(10));
        using var gone = await again.SendAsync(HttpMethod.Get, again.Resource + Rules + "nginx");
        using var list = await again.SendAsync(HttpMethod.Get, again.Resource + "/cacheRules");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Empty((await AcrClient.JsonAsync(list)).GetProperty("value").EnumerateArray());
    }

    [Theory]
    [InlineData("other", "mcr.microsoft.com/x", "cache/a", HttpStatusCode.Conflict, "Conflict")]
    [InlineData("other", "mcr.microsoft.com/*", "cache/*", HttpStatusCode.Conflict, "Conflict")]
    [InlineData("other", "mcr.microsoft.com/x", "wild/any", HttpStatusCode.Conflict, "Conflict")]
    [InlineData("other", "mcr.microsoft.com/x", "wildcat", HttpStatusCode.Created, null)]
    [InlineData("other", "mcr.microsoft.com/x", "taken", HttpStatusCode.Conflict, "Conflict")]
    [InlineData("other", "docker.io/library/x", "free", HttpStatusCode.BadRequest, "CredentialSetRequired")]
    [InlineData("other", "contoso.azurecr.io/x", "free", HttpStatusCode.BadRequest, "CredentialSetRequired")]
    [InlineData("other", "nohost", "free", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("rule", "mcr.microsoft.com/x", "free", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("under_score", "mcr.microsoft.com/x", "free", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("exists", "mcr.microsoft.com/changed", "cache/a", HttpStatusCode.Conflict, "Conflict")]
    public async Task Rule_Put_KeepsTheRules(string name, string source, string target, HttpStatusCode status, string? code)
    {
        await using var emulator = await ArmChangeTests.StartAsync();
        var arm = new ArmClient(emulator);
        await emulator.AtHome().PushImageAsync("taken", "1", "x");
        using var first = await arm.SendAsync(HttpMethod.Put, arm.Resource + Rules + "exists", Rule("mcr.microsoft.com/a", "cache/a"));
        using var wild = await arm.SendAsync(HttpMethod.Put, arm.Resource + Rules + "wildcard", Rule("quay.io/*", "wild/*"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, wild.StatusCode));
        emulator.Manual.Advance(TimeSpan.FromMinutes(10));

        using var response = await arm.SendAsync(HttpMethod.Put, arm.Resource + Rules + name, Rule(source, target));

        Assert.Equal((status, code), (response.StatusCode, code is null ? null : await ArmClient.CodeAsync(response)));
    }

    [Fact]
    public async Task Rule_WithCredentialsNobodyMade_IsRefused()
    {
        await using var emulator = await ArmChangeTests.StartAsync();
        var arm = new ArmClient(emulator);
        using var response = await arm.SendAsync(HttpMethod.Put, arm.Resource + Rules + "nginx", Rule("docker.io/library/nginx", "nginx", arm.Resource + Sets + "absent"));
        Assert.Equal("CredentialSetNotFound", await ArmClient.CodeAsync(response));
    }

    [Theory]
    [InlineData("""{"properties":{"authCredentials":[]}}""")]
    [InlineData("""{"properties":{"loginServer":"docker.io","authCredentials":[{"name":"Credential2","usernameSecretIdentifier":"https://kv/secrets/u","passwordSecretIdentifier":"https://kv/secrets/p"}]}}""")]
    [InlineData("""{"properties":{"loginServer":"docker.io","authCredentials":[{"name":"Credential1","usernameSecretIdentifier":"user","passwordSecretIdentifier":"password"}]}}""")]
    [InlineData("""{"properties":{"loginServer":"docker.io"}}""")]
    public async Task CredentialSet_ThatIsNone_IsRefused(string body)
    {
        await using var emulator = await ArmChangeTests.StartAsync();
        var arm = new ArmClient(emulator);
        using var response = await arm.SendAsync(HttpMethod.Put, arm.Resource + Sets + "dockerhub", body);
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidRequest"), (response.StatusCode, await ArmClient.CodeAsync(response)));
    }

    private static string Rule(string source, string target, string? credentials = null) =>
        "{\"properties\":{\"sourceRepository\":\"" + source + "\",\"targetRepository\":\"" + target + "\"" + (credentials is null ? string.Empty : $",\"credentialSetResourceId\":\"{credentials}\"") + "}}";
}
