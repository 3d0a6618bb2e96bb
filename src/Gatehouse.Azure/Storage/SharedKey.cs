using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace Gatehouse.Azure.Storage;

/// <summary>Signs requests with an account's key. Source: Authorize with Shared Key.</summary>
internal sealed class SharedKey(string account, byte[] key)
{
    public string Account => account;

    /// <summary>SharedKeyLite of the Table service: the date and the path as sent; of the query only <c>comp</c> would count, and we send none.</summary>
    public void SignTable(Request request) =>
        Sign(request, "SharedKeyLite", $"{Header(request, "x-ms-date")}\n/{account}{request.Uri.ToUri().AbsolutePath}");

    /// <summary>SharedKey of the Blob and Queue services.</summary>
    public void SignQueue(Request request)
    {
        var text = new StringBuilder(request.Method.Method).Append("\n\n\n");
        text.Append(request.Content is { } content && content.TryComputeLength(out var length) && length > 0 ? length.ToString(CultureInfo.InvariantCulture) : string.Empty);
        text.Append("\n\n").Append(Header(request, "Content-Type")).Append("\n\n\n\n\n\n\n");
        foreach (var header in request.Headers
            .Select(header => (Name: header.Name.ToLowerInvariant(), header.Value))
            .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
            .OrderBy(header => header.Name, StringComparer.Ordinal))
        {
            text.Append(header.Name).Append(':').Append(header.Value).Append('\n');
        }

        var uri = request.Uri.ToUri();
        text.Append('/').Append(account).Append(uri.AbsolutePath);
        foreach (var (name, value) in Query(uri).OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            text.Append('\n').Append(name).Append(':').Append(value);
        }

        Sign(request, "SharedKey", text.ToString());
    }

    private void Sign(Request request, string scheme, string text)
    {
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        request.Headers.SetValue("Authorization", $"{scheme} {account}:{signature}");
    }

    private static string Header(Request request, string name) => request.Headers.TryGetValue(name, out var value) ? value ?? string.Empty : string.Empty;

    private static IEnumerable<(string Name, string Value)> Query(Uri uri) => uri.Query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : string.Empty));
}
