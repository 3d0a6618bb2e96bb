using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.TestKit.Files;

namespace Gatehouse.Azure.Tests.Options;

public class AzureOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Pass() => Assert.Empty(Problems(_ => { }));

    [Theory]
    [InlineData(nameof(AzureOptions.ArmEndpoint), "http://management.azure.com", "https")]
    [InlineData(nameof(AzureOptions.ArmEndpoint), "https://management.azure.com/x", "host and port")]
    [InlineData(nameof(AzureOptions.ArmScope), "https://management.azure.com", "/.default")]
    [InlineData(nameof(AzureOptions.AcrScope), "x/.default", "/.default")]
    [InlineData(nameof(AzureOptions.ArmApiVersion), "latest", "yyyy-MM-dd")]
    [InlineData(nameof(AzureOptions.ArmPreviewApiVersion), "", "yyyy-MM-dd")]
    [InlineData(nameof(AzureOptions.Cloud), "AzureGermanCloud", "AzurePublicCloud, AzureUSGovernment, AzureChinaCloud")]
    [InlineData(nameof(AzureOptions.AuthorityHost), "login.microsoftonline.com", "https")]
    [InlineData(nameof(AzureOptions.MaxConcurrentCalls), "0", "1 to 256")]
    [InlineData(nameof(AzureOptions.Credential), "Password", "ManagedIdentity, WorkloadIdentity, AzureCli, AzureDeveloperCli, AzurePowerShell, VisualStudio, Environment")]
    [InlineData(nameof(AzureOptions.ManagedIdentityClientId), "me", "GUID")]
    [InlineData(nameof(AzureOptions.TenantId), "a b", "tenant")]
    [InlineData(nameof(AzureOptions.MaxConcurrentImports), "65", "1 to 64")]
    [InlineData(nameof(AzureOptions.ImportLease), "00:00:09", "00:00:10 to 12:00:00")]
    [InlineData(nameof(AzureOptions.ImportBusyDelay), "00:11:00", "to 00:10:00")]
    [InlineData(nameof(AzureOptions.MaxRetries), "11", "0 to 10")]
    [InlineData(nameof(AzureOptions.RequestTimeout), "00:00:00", "00:00:01 to 00:10:00")]
    [InlineData(nameof(AzureOptions.RetryDelay), "00:02:00", "to 00:01:00")]
    [InlineData(nameof(AzureOptions.MaxRetryDelay), "00:06:00", "to 00:05:00")]
    [InlineData(nameof(AzureOptions.TrustedCertificatePath), "/nowhere.pem", "exactly one certificate")]
    public void Validate_BadValue_NamesItsKeyAndWhatIsAllowed(string key, string value, string allowed)
    {
        var property = typeof(AzureOptions).GetProperty(key)!;
        object parsed = property.PropertyType == typeof(int) ? int.Parse(value) : property.PropertyType == typeof(TimeSpan) ? TimeSpan.Parse(value) : value;

        var problems = Problems(options =>
        {
            property.SetValue(options, parsed);
            if (key == nameof(AzureOptions.TrustedCertificatePath))
            {
                options.ArmEndpoint = "https://localhost:8443";
            }
        });

        var problem = Assert.Single(problems);
        Assert.StartsWith($"Gatehouse:Azure:{key} is '{value}'", problem, StringComparison.Ordinal);
        Assert.Contains(allowed, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_IdentityOfAnotherCredential_IsRefused() => Assert.Contains("ManagedIdentityClientId", Assert.Single(Problems(options =>
        (options.Credential, options.ManagedIdentityClientId) = ("AzureCli", "11111111-2222-3333-4444-555555555555"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Entra", null, null, null)]
    [InlineData("Token", "reader", "secret", null)]
    [InlineData("anonymous", null, null, null)]
    [InlineData("Basic", "reader", "secret", "SignIn is 'Basic'; allowed: Entra, Token, Anonymous.")]
    [InlineData("Token", "reader", null, "has SignIn Token; write both Username and Password.")]
    [InlineData("Token", null, "secret", "has SignIn Token; write both Username and Password.")]
    [InlineData("Anonymous", "reader", null, "leave Username and Password out")]
    [InlineData("Entra", null, "secret", "leave Username and Password out")]
    public void Validate_SignInOfARegistry_IsWholeAndKeepsItsSecret(string kind, string? user, string? password, string? problem)
    {
        var problems = Problems(options => options.Registries["contoso"] = new RegistrySignInOptions { SignIn = kind, Username = user, Password = password }).ToList();

        Assert.Equal(problem is null ? 0 : 1, problems.Count);
        Assert.All(problems, one => Assert.StartsWith("Gatehouse:Azure:Registries:contoso", one, StringComparison.Ordinal));
        Assert.All(problems, one => Assert.Contains(problem!, one, StringComparison.Ordinal));
        Assert.All(problems, one => Assert.DoesNotContain("secret", one, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://127.0.0.1:8443", 1, true)]
    [InlineData("https://localhost:8443", 1, true)]
    [InlineData("https://arm.localhost:8443", 1, true)]
    [InlineData("https://[::1]:8443", 1, true)]
    [InlineData("https://127.0.0.1:8443", 2, false)]
    [InlineData("https://127.0.0.1:8443", 0, false)]
    [InlineData("https://management.azure.com", 1, false)]
    [InlineData("https://localhost.example.com", 1, false)]
    [InlineData("https://10.0.0.1", 1, false)]
    public void Validate_TrustedCertificate_IsOneAndForLoopbackOnly(string endpoint, int certificates, bool passes)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["trust.pem"], string.Join('\n', Enumerable.Range(0, certificates).Select(_ => TestCertificates.Create().ExportCertificatePem())));

        var problems = Problems(options => (options.ArmEndpoint, options.TrustedCertificatePath) = (endpoint, directory["trust.pem"]));

        Assert.Equal(passes, !problems.Any());
    }

    private static IEnumerable<string> Problems(Action<AzureOptions> change)
    {
        var options = new AzureOptions();
        change(options);
        return new AzureOptionsValidator().Validate(null, options).Failures ?? [];
    }
}
