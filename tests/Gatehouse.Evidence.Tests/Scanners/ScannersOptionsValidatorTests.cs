using Gatehouse.Evidence.Scanners;

namespace Gatehouse.Evidence.Tests.Scanners;

public class ScannersOptionsValidatorTests
{
    [Fact]
    public void Validate_GoodScanners_Passes() => Assert.Empty(Problems(Good("trivy"), Good("clair", options =>
    {
        options.Url = "http://127.0.0.1:8080";
        options.Authorization = new ScannerAuthorizationOptions { Kind = "basic", Secret = "a:b" };
    })));

    [Theory]
    [InlineData("Name", "Bad Name", "lower-case")]
    [InlineData("Url", "http://scanner.example", "https")]
    [InlineData("Url", "https://user:secret@scanner.example", "https")]
    [InlineData("Url", "", "https")]
    [InlineData("RegistryUrlOverride", "ftp://x", "https")]
    [InlineData("RegistryAuthorization", "Basic secret", "RegistryUrlOverride")]
    [InlineData("Authorization:Kind", "Digest", "None, Basic, Bearer, ApiKey")]
    [InlineData("Authorization:Secret", "secret", "Basic, Bearer, ApiKey")]
    [InlineData("Timeout", "00:10:00", "00:05:00")]
    public void Validate_BadValue_NamesItsKeyAndWhatIsAllowed(string key, string value, string allowed)
    {
        var problem = Assert.Single(Problems(Good("trivy", options => Set(options, key, value))));

        Assert.StartsWith($"Gatehouse:Scanners:0:{key} ", problem, StringComparison.Ordinal);
        Assert.Contains(allowed, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer", null)]
    [InlineData("Bearer", "a\nb")]
    [InlineData("Basic", "nocolon")]
    public void Validate_SecretThatCannotBeSent_IsRefused(string kind, string? secret) =>
        Assert.Single(Problems(Good("trivy", options => options.Authorization = new ScannerAuthorizationOptions { Kind = kind, Secret = secret })));

    [Fact]
    public void Validate_SameNameTwice_IsRefused() => Assert.Contains("'trivy'", Assert.Single(Problems(Good("trivy"), Good("trivy"))), StringComparison.Ordinal);

    private static ScannerOptions Good(string name, Action<ScannerOptions>? change = null)
    {
        var options = new ScannerOptions { Name = name, Url = "https://scanner.example/base" };
        change?.Invoke(options);
        return options;
    }

    private static void Set(ScannerOptions options, string key, string value)
    {
        switch (key)
        {
            case "Name": options.Name = value; break;
            case "Url": options.Url = value; break;
            case "RegistryUrlOverride": options.RegistryUrlOverride = value; break;
            case "RegistryAuthorization": options.RegistryAuthorization = value; break;
            case "Authorization:Kind": options.Authorization.Kind = value; break;
            case "Authorization:Secret": options.Authorization.Secret = value; break;
            default: options.Timeout = TimeSpan.Parse(value); break;
        }
    }

    private static IEnumerable<string> Problems(params ScannerOptions[] scanners)
    {
        var options = new ScannersOptions();
        foreach (var scanner in scanners)
        {
            options.Scanners.Add(scanner);
        }

        return new ScannersOptionsValidator().Validate(null, options).Failures ?? [];
    }
}
