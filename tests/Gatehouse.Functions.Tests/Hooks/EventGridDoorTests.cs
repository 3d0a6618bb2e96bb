using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Hooks;
using Gatehouse.Functions.Tests.Auth;
using Gatehouse.TestKit.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Tests.Hooks;

/// <summary>Tokens as Entra issues them to Event Grid. Source: "Secure webhook delivery with Microsoft Entra ID".</summary>
public sealed class EventGridDoorTests : IDisposable
{
    private const string EventGrid = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

    private readonly JwtForge _forge = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _forge.Dispose();

    [Theory]
    [InlineData("azp", EventGrid, null)]
    [InlineData("appid", EventGrid, null)]
    [InlineData("appid", "4962773B-9CDB-44CF-A8BF-237846A00AB7", null)]
    [InlineData("azp", "00000000-0000-0000-0000-000000000007", "hook-caller-unexpected")]
    [InlineData("client", EventGrid, "hook-caller-unexpected")]
    public async Task Token_IsTakenWhenItWasIssuedToEventGrid(string claim, string application, string? code)
    {
        var claims = JwtForge.Claims(_clock.GetUtcNow());
        claims[claim] = application;

        Assert.Equal(code, await CheckAsync(claims));
    }

    [Theory]
    [InlineData("aud", "api://another")]
    [InlineData("iss", "https://login.example/another/v2.0")]
    [InlineData("tid", "another")]
    public async Task Token_OfEventGridForAnother_IsRefused(string claim, string value)
    {
        var claims = JwtForge.Claims(_clock.GetUtcNow());
        claims["azp"] = EventGrid;
        claims[claim] = value;

        Assert.Equal("token-invalid", await CheckAsync(claims));
    }

    private async Task<string?> CheckAsync(JsonObject claims)
    {
        var validator = new JwtValidator(
            new ForgedKeys(JwksReader.Read(Encoding.UTF8.GetBytes(_forge.Jwks()))),
            Options.Create(new AuthOptions { Issuer = JwtForge.Issuer, Audience = JwtForge.Audience, TenantId = JwtForge.Tenant }),
            _clock);
        var door = new EventGridDoor(Options.Create(new HookOptions()), Options.Create(new EventGridHookOptions { EventGridEntra = true }), validator, NullLogger<EventGridDoor>.Instance);
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Headers.Authorization = "Bearer " + _forge.Rs256(JwtForge.Header("RS256", "rsa"), claims);
        return (await door.CheckAsync(http.Request, TestContext.Current.CancellationToken))?.Code;
    }

    private sealed class ForgedKeys(IReadOnlyDictionary<string, VerificationKey> keys) : IIssuerKeys
    {
        public ValueTask<VerificationKey?> FindAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(keys.GetValueOrDefault(id));
    }
}
