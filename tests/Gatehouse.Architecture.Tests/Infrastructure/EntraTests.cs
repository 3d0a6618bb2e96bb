using System.Text.Json.Nodes;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

public sealed class EntraTests
{
    private static JsonArray Entries => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "infra", "entra", "app-roles.json")))!.AsArray();

    [Fact]
    public void AppRoles_AreThoseTheApiKnows() => Assert.Equal(Gatehouse.Functions.Auth.Roles.All, Entries.Select(role => role!["value"]!.GetValue<string>()));

    /// <summary>Ids are for ever: an assignment names the id, not the role.</summary>
    [Fact]
    public void AppRoles_EachHasAnIdOfItsOwn()
    {
        Assert.Distinct(Entries.Select(role => Guid.ParseExact(role!["id"]!.GetValue<string>(), "D")));
        Assert.All(Entries, role => Assert.True(role!["isEnabled"]!.GetValue<bool>()));
    }

    /// <summary>What a program signs in as must not decide for people.</summary>
    [Fact]
    public void AppRoles_Approver_IsForPeopleOnly() => Assert.Equal(
        ["User"], Entries.Single(role => role!["value"]!.GetValue<string>() == Gatehouse.Functions.Auth.Roles.Approver)!["allowedMemberTypes"]!.AsArray().Select(type => type!.GetValue<string>()));
}
