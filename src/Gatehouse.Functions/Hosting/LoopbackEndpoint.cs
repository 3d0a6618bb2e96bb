using System.Net;

namespace Gatehouse.Functions.Hosting;

/// <summary>Where the handler listens: 127.0.0.1 and the port the Functions host chose, whatever else the inherited environment says.</summary>
internal static class LoopbackEndpoint
{
    public const string PortKey = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>The largest body any endpoint takes, evidence reports, plus room to say so in a problem.</summary>
    public const long MaxBodyBytes = 33 * 1024 * 1024;

    public static void Listen(WebApplicationBuilder builder)
    {
        var port = ReadPort(builder.Configuration[PortKey]);

        // The child inherits ASPNETCORE_URLS and the like, which name the host's own endpoint.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, string.Empty);
        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, string.Empty);
        builder.WebHost.UseSetting(WebHostDefaults.HttpsPortsKey, string.Empty);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Configure(new ConfigurationManager());
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, port);
        });
    }

    /// <summary>0 (any free port) when nothing is said: the program was started by hand.</summary>
    private static int ReadPort(string? text) => text switch
    {
        null or "" => 0,
        _ when int.TryParse(text, out var port) && port is >= 0 and <= 65535 => port,
        _ => throw new InvalidOperationException($"{PortKey} is '{text}'; it must be a port number from 0 to 65535."),
    };
}
