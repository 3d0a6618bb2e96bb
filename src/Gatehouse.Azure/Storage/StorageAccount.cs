using System.Buffers.Text;
using System.Text;
using Gatehouse.Azure.Http;

namespace Gatehouse.Azure.Storage;

/// <param name="Key">Null where we sign in with Entra.</param>
/// <param name="Namespace">What the names of our tables and queues start with; empty for nothing.</param>
internal sealed record StorageAccount(Uri Tables, Uri Queues, SharedKey? Key, string Namespace = "")
{
    /// <summary>Azurite's published default account. Source: Azurite README, "Default Storage Account".</summary>
    internal const string Development =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1";

    /// <summary>For people: Azure has it in the host, Azurite in the path.</summary>
    public string Name => Key?.Account ?? Tables.Host.Split('.')[0];

    public string TableOf(string table) => Namespace + table;

    public string QueueOf(string queue) => Namespace.Length == 0 ? queue : QueuePrefix + queue;

    public string QueuePrefix => Namespace + "-";

    /// <summary>From options that the validator has passed.</summary>
    public static StorageAccount From(AzureStorageOptions options) =>
        string.IsNullOrEmpty(options.ConnectionString)
            ? new StorageAccount(new Uri(options.TableEndpoint!), new Uri(options.QueueEndpoint!), null, options.Namespace)
            : (TryParse(options.ConnectionString) ?? throw new InvalidOperationException($"{AzureStorageOptions.Section}:ConnectionString is not usable.")) with { Namespace = options.Namespace };

    /// <summary>Null unless it names an account on loopback, with its key and both endpoints.</summary>
    public static StorageAccount? TryParse(string connection)
    {
        var parts = Split(connection);
        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true")
        {
            parts = Split(Development);
        }

        return parts.GetValueOrDefault("AccountName") is { Length: > 0 } name
            && parts.GetValueOrDefault("AccountKey") is { Length: > 0 } key && Base64.IsValid(key)
            && Endpoint(parts.GetValueOrDefault("TableEndpoint")) is { } tables
            && Endpoint(parts.GetValueOrDefault("QueueEndpoint")) is { } queues
            ? new StorageAccount(tables, queues, new SharedKey(name, Convert.FromBase64String(key)))
            : null;
    }

    /// <summary>Without the key.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Tables = ").Append(Tables).Append(", Queues = ").Append(Queues);
        return true;
    }

    internal static Dictionary<string, string> Split(string connection) => connection
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(part => part.Split('=', 2))
        .Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
        .ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1], StringComparer.OrdinalIgnoreCase);

    internal static Uri? Endpoint(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && Loopback.IsHost(uri.Host) ? uri : null;
}
