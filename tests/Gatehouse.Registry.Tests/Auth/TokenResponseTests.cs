using System.Text.Json;
using Gatehouse.Registry.Auth;
using Xunit;

namespace Gatehouse.Registry.Tests.Auth;

public sealed class TokenResponseTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"token":"t"}""", "t", 60)]
    [InlineData("""{"access_token":"a"}""", "a", 60)]
    [InlineData("""{"token":"","access_token":"a","expires_in":300}""", "a", 300)]
    [InlineData("""{"token":"t","expires_in":5}""", "t", 60)]
    [InlineData("""{"token":"t","expires_in":-1}""", "t", 60)]
    [InlineData("""{"token":"t","expires_in":1e300}""", "t", 86400)]
    [InlineData("""{"token":"t","expires_in":"300"}""", "t", 60)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":"2026-03-01T11:59:00Z"}""", "t", 240)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":"2026-03-01T13:00:00Z"}""", "t", 300)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":"2020-01-01T00:00:00Z"}""", "t", 300)]
    [InlineData("""{"token":"t","expires_in":300,"issued_at":7}""", "t", 300)]
    public void ExpiresAt_ByAnswer_FollowsTheSpecification(string json, string token, int seconds)
    {
        var response = JsonSerializer.Deserialize(json, TokenJson.Default.TokenResponse)!;
        Assert.Equal(token, response.Value);
        Assert.Equal(Now.AddSeconds(seconds), response.ExpiresAt(Now));
    }
}
