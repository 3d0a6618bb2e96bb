using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>Every right that is given says which call needs it, and is one of these.</summary>
public sealed class RoleTests
{
    /// <summary>Built-in roles by their published ids.</summary>
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["577a9874-89fd-4f24-9dbd-b5034d0ad23a"] = "Container Registry Data Importer and Data Reader",
        ["2a1e307c-b015-4ebd-883e-5b7698a07328"] = "Container Registry Repository Writer",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"] = "Storage Queue Data Message Sender",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["12338af0-0e69-4776-bea7-57ae8d297424"] = "Key Vault Crypto User",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["d5a91429-5739-47e2-a06b-3470a27159e7"] = "EventGrid Data Sender",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
    };

    private static IEnumerable<(BicepFile File, BicepResource Resource)> Assignments => BicepFile.All
        .SelectMany(file => file.Resources.Select(resource => (file, resource)))
        .Where(found => found.resource.Type == "Microsoft.Authorization/roleAssignments");

    [Fact]
    public void Assignments_Each_SayWhichCallNeedsThem()
    {
        Assert.NotEmpty(Assignments);
        Assert.All(Assignments, found => Assert.True(found.Resource.Before is ['/', '/', ' ', .. { Length: > 30 }], $"{found.Resource.Name} has no comment above it that names the call."));
    }

    [Fact]
    public void Assignments_Each_GiveOneKnownRoleCalledByItsName() => Assert.All(Assignments, found =>
    {
        var variable = found.Resource.Value("roleDefinitionId")!.Split(", ")[1].TrimEnd(')');
        var line = found.File.Line($"var {variable} = ");
        var id = found.File.Lines[line].Split('\'')[1];
        Assert.True(Roles.TryGetValue(id, out var name), $"{found.Resource.Name}: {id} is not in the table of roles.");
        Assert.Equal($"// {name}", found.File.Lines[line - 1]);
    });

    /// <summary>Never the group or the subscription.</summary>
    [Fact]
    public void Assignments_Each_AreScopedToOneResource() => Assert.All(Assignments, found => Assert.NotNull(found.Resource.Value("scope")));

    [Fact]
    public void Roles_OfTheTable_AreAllGivenAndDocumented()
    {
        var text = string.Concat(BicepFile.All.SelectMany(file => file.Lines));
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deploy.md"));

        Assert.All(Roles, role => Assert.Contains($"'{role.Key}'", text, StringComparison.Ordinal));
        Assert.All(Roles, role => Assert.Contains(role.Value, document, StringComparison.Ordinal));
    }
}
