using System.Runtime.Versioning;
using Gatehouse.Core.Time;
using Gatehouse.Functions.Auth;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Tests.Auth;

public sealed class LocalTokenIssuerTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Token_OfTheKeyFile_IsTakenUntilItExpires()
    {
        using var issuer = Open("key.pem");
        var token = issuer.Issue(new LocalIdentity("rita", "Rita", ["Approver", "Reader"], ["contoso/payments"]), TimeSpan.FromHours(1));
        var validator = Validator("key.pem");

        var identity = (await validator.ValidateAsync(token, TestContext.Current.CancellationToken)).Value;
        _clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal("rita", identity.Id);
        Assert.Equal(["Approver:contoso/payments", "Reader"], identity.Roles);
        Assert.False((await validator.ValidateAsync(token, TestContext.Current.CancellationToken)).IsOk);
    }

    [Fact]
    public async Task Token_OfAnotherKeyFile_IsRefused()
    {
        using var issuer = Open("key.pem");
        using var other = Open("other.pem");
        var token = other.Issue(new LocalIdentity("rita", "Rita", ["Reader"]), TimeSpan.FromHours(1));

        Assert.False((await Validator("key.pem").ValidateAsync(token, TestContext.Current.CancellationToken)).IsOk);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void KeyFile_Made_IsReadableByItsOwnerOnlyAndKept()
    {
        using (Open("key.pem"))
        {
        }

        var first = File.ReadAllText(_directory["key.pem"]);
        using (Open("key.pem"))
        {
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["key.pem"]));
        Assert.Equal(first, File.ReadAllText(_directory["key.pem"]));
        Assert.Equal(_directory["key.pem"], Assert.Single(Directory.GetFiles(_directory.Path)));
    }

    private LocalTokenIssuer Open(string file) => LocalTokenIssuer.Open(_directory[file], _clock, new IdSource(_clock, new SeededEntropy()));

    private JwtValidator Validator(string file)
    {
        var options = Options.Create(new AuthOptions { LocalIssuer = { Enabled = true, KeyPath = _directory[file] } });
        return new JwtValidator(new LocalKeys(options), options, _clock);
    }
}
