using System.Net;
using Gatehouse.Functions.Auth;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Tests.Auth;

public sealed class MetadataKeysTests : IAsyncLifetime
{
    private readonly JwtForge _forge = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly WebApplication _issuer;
    private readonly HttpClient _http = new();
    private MetadataKeys _keys = null!;
    private int _reads;
    private bool _down;
    private Action _duringRead = () => { };
    private string _issuerName = JwtForge.Issuer;

    public MetadataKeysTests()
    {
        var builder = TestApp.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _issuer = builder.Build();
        _issuer.Run(AnswerAsync);
    }

    public async ValueTask InitializeAsync()
    {
        await _issuer.StartAsync(TestContext.Current.CancellationToken);
        var options = new AuthOptions { Issuer = JwtForge.Issuer, Audience = JwtForge.Audience, MetadataUrl = _issuer.Urls.First() + "/metadata" };
        _keys = new MetadataKeys(_http, Options.Create(options), _clock, NullLogger<MetadataKeys>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        _http.Dispose();
        await _issuer.DisposeAsync();
        _forge.Dispose();
    }

    [Fact]
    public async Task Keys_AskedForOften_AreReadOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(await FindAsync("rsa"));
        }

        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Keys_UnknownIds_AreAskedForOnceAMinute()
    {
        await FindAsync("rsa");
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await FindAsync("made-up-" + i));
        }

        Assert.Equal(1, _reads);
        _clock.Advance(MetadataKeys.MinInterval);
        Assert.Null(await FindAsync("made-up"));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Keys_IssuerDownLater_StayInUse()
    {
        await FindAsync("rsa");
        _down = true;
        _clock.Advance(MetadataKeys.Lifetime + TimeSpan.FromHours(1));

        Assert.NotNull(await FindAsync("rsa"));
    }

    [Fact]
    public async Task Keys_FirstCallerGoesAway_AreThereForTheNext()
    {
        using var caller = new CancellationTokenSource();
        _duringRead = caller.Cancel;

        await _keys.FindAsync("rsa", caller.Token);

        Assert.NotNull(await FindAsync("rsa"));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Keys_IssuerNeverUp_AreUnavailable()
    {
        _down = true;

        await Assert.ThrowsAsync<IssuerUnavailableException>(() => FindAsync("rsa"));
    }

    [Fact]
    public async Task Keys_MetadataOfAnotherIssuer_AreNotTaken()
    {
        _issuerName = "https://login.example/other/v2.0";

        await Assert.ThrowsAsync<IssuerUnavailableException>(() => FindAsync("rsa"));
    }

    private Task<VerificationKey?> FindAsync(string id) => _keys.FindAsync(id, TestContext.Current.CancellationToken).AsTask();

    private Task AnswerAsync(HttpContext http)
    {
        if (_down)
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        }

        if (http.Request.Path == "/jwks")
        {
            _reads++;
            _duringRead();
            return http.Response.WriteAsync(_forge.Jwks());
        }

        return http.Response.WriteAsync($$"""{"issuer":"{{_issuerName}}","jwks_uri":"{{_issuer.Urls.First()}}/jwks"}""");
    }
}
