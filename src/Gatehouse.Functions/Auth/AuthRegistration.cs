using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Auth;

internal static class AuthRegistration
{
    /// <summary>Bytes of an OpenID configuration or key set.</summary>
    private const int MaxMetadataBytes = 1024 * 1024;

    public static void AddTokenAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AuthOptions>().Bind(configuration.GetSection(AuthOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.TryAddSingleton<JwtValidator>();
        services.TryAddSingleton<IIssuerKeys>(provider => provider.GetRequiredService<IOptions<AuthOptions>>().Value.LocalIssuer.Enabled
            ? ActivatorUtilities.CreateInstance<LocalKeys>(provider)
            : ActivatorUtilities.CreateInstance<MetadataKeys>(provider, NewHttpClient()));

        // Not AddAuthentication: that brings data protection, which writes keys to disk as the program starts.
        services.AddWebEncoders();
        services.AddAuthenticationCore(options => options.DefaultScheme = TokenAuthentication.SchemeName);
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddAccessPolicies();
    }

    private static HttpClient NewHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxMetadataBytes,
    };
}
