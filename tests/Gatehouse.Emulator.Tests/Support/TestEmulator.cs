using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Registry;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Emulator.Tests.Support;

/// <summary>An emulator in a directory of its own, and what tests need to talk to it.</summary>
internal sealed class TestEmulator : IAsyncDisposable
{
    public const string Acr = "contoso";
    public const string Plain = "upstream";

    private readonly ServiceProvider _provider;
    private readonly bool _ownsDirectory;

    private TestEmulator(TempDirectory directory, bool ownsDirectory, EmulatorHost host, TimeProvider clock, ServiceProvider provider)
    {
        (Directory, _ownsDirectory, Host, Clock, _provider) = (directory, ownsDirectory, host, clock, provider);
        var certificate = X509CertificateLoader.LoadCertificateFromFile(host.CertificatePath);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData),
            },
        };

        // Layers of gigabytes are sent through it, on slow machines too; the test's own token ends what hangs.
        Http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public TempDirectory Directory { get; }

    public EmulatorHost Host { get; }

    public TimeProvider Clock { get; }

    public ManualTimeProvider Manual => (ManualTimeProvider)Clock;

    /// <summary>Follows no redirects; trusts the emulator's certificate only.</summary>
    public HttpClient Http { get; }

    public EmulatedRegistry Registry => Host.Registry(Acr);

    public EmulatedRegistry Upstream => Host.Registry(Plain);

    public EmulatedReplica Home => Registry.Replica("westeurope");

    public EmulatedReplica Other => Registry.Replica("northeurope");

    /// <summary>The registry client of the product, anonymous.</summary>
    public IRegistryClientFactory Clients => _provider.GetRequiredService<IRegistryClientFactory>();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One ACR in two regions and one plain upstream, unless <paramref name="options"/> says otherwise.</summary>
    public static async Task<TestEmulator> StartAsync(
        TimeSpan lag = default,
        TempDirectory? directory = null,
        TimeProvider? clock = null,
        Func<string, EmulatorOptions>? options = null,
        bool manual = false)
    {
        var owns = directory is null;
        directory ??= new TempDirectory();
        clock ??= manual ? new ManualTimeProvider() : TimeProvider.System;
        var provider = new ServiceCollection().AddLogging().AddGatehouseRegistry().Configure<RegistryOptions>(options => options.AllowPrivateRegistries = true).BuildServiceProvider();
        var services = new EmulatorServices(clock, new SystemEntropy(), NullLoggerFactory.Instance, provider.GetRequiredService<IRegistryClientFactory>());
        var host = await EmulatorHost.StartAsync(options?.Invoke(directory.Path) ?? Options(directory.Path, lag), services, Token);
        return new TestEmulator(directory, owns, host, clock, provider);
    }

    public static EmulatorOptions Options(string path, TimeSpan lag = default, bool redirect = true, bool anonymousPull = false, params EventSubscriptionOptions[] subscriptions) => new()
    {
        DataDirectory = path,
        BlobRedirect = redirect,
        EventSubscriptions = subscriptions,
        Registries =
        [
            new EmulatedRegistryOptions
            {
                Name = Acr,
                HomeRegion = "westeurope",
                AnonymousPull = anonymousPull,
                Regions =
                [
                    new EmulatedRegionOptions { Name = "westeurope", ReplicationLag = lag },
                    new EmulatedRegionOptions { Name = "northeurope", ReplicationLag = lag },
                ],
                Credentials =
                [
                    new RegistryCredential { Username = "robot", Password = "secret-word" },
                    new RegistryCredential { Username = "reader", Password = "reader-word", Repositories = ["team/*"], Actions = ["pull", "metadata_read"] },
                ],
            },
            new EmulatedRegistryOptions { Name = Plain, Kind = RegistryKind.Plain, AnonymousPull = true, AnonymousPush = true },
            new EmulatedRegistryOptions
            {
                Name = "private",
                Kind = RegistryKind.Plain,
                Credentials = [new RegistryCredential { Username = "customer", Password = "customer-word" }],
            },
        ],
    };

    /// <summary>A client of the ACR's endpoint that gets its tokens the way of a managed identity.</summary>
    public AcrClient At(string endpoint) => new(this, endpoint);

    public AcrClient AtHome() => At(Home.Endpoint);

    public AcrClient AtOther() => At(Other.Endpoint);

    public AcrClient AtUpstream() => AtUpstreamOf(Upstream.LoginServer);

    public AcrClient AtUpstreamOf(string endpoint) => new(this, endpoint, anonymous: true);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await _provider.DisposeAsync();
        if (_ownsDirectory)
        {
            Directory.Dispose();
        }
    }
}
