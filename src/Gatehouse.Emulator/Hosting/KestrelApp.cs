using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Hosting;

/// <summary>One Kestrel with a port per endpoint; every connection carries its endpoint's tag.</summary>
internal static class KestrelApp
{
    public static async Task<WebApplication> StartAsync(
        IReadOnlyList<EndpointTag> endpoints,
        X509Certificate2 certificate,
        RequestDelegate handle,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var listening = new List<(EndpointTag Endpoint, ListenOptions Options)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new SharedLoggerFactory(loggerFactory)));

        // The process belongs to whoever started the emulator: no console lifetime, no signal handlers.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            foreach (var endpoint in endpoints)
            {
                kestrel.Listen(IPAddress.Loopback, endpoint.Port, options =>
                {
                    options.Use(next => connection =>
                    {
                        connection.Features.Set(endpoint);
                        return next(connection);
                    });
                    options.Protocols = HttpProtocols.Http1;
                    if (endpoint.Role is EndpointRole.Arm or EndpointRole.Topic or EndpointRole.Vault)
                    {
                        options.UseHttps(certificate);
                    }

                    listening.Add((endpoint, options));
                });
            }
        });
        var app = builder.Build();
        app.Run(handle);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException)
        {
            await app.DisposeAsync();
            throw;
        }

        foreach (var (endpoint, options) in listening)
        {
            endpoint.Port = options.IPEndPoint!.Port;
        }

        return app;
    }

    /// <summary>The caller's factory, which stopping the web application must not dispose of.</summary>
    private sealed class SharedLoggerFactory(ILoggerFactory shared) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => shared.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => shared.AddProvider(provider);

        public void Dispose()
        {
            // Not ours.
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
