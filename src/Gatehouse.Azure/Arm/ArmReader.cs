using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

/// <summary>Reads single resources and whole lists.</summary>
internal sealed class ArmReader(ArmClient client)
{
    /// <summary>Most pages of one list; at the service's 100 rows a page, a hundred thousand rows.</summary>
    private const int MaxPages = 1000;

    /// <summary>Null when it is not there.</summary>
    /// <param name="map">Null when the document makes no sense.</param>
    public async Task<Result<T?>> GetAsync<TWire, T>(Uri uri, JsonTypeInfo<TWire> type, Func<TWire, T?> map, string about, CancellationToken cancellationToken)
        where TWire : class
        where T : class
    {
        var answer = await client.SendAsync(RequestMethod.Get, uri, null, about, cancellationToken);
        if (ArmFailures.IsAbsent(answer))
        {
            return (T?)null;
        }

        if (!answer.IsSuccess)
        {
            return ArmFailures.Of(answer);
        }

        return Parse(answer, type) is { } wire && map(wire) is { } value ? value : ArmFailures.Senseless(answer, "the resource");
    }

    /// <summary>All pages. One row that makes no sense spoils the list: a list with gaps would be believed.</summary>
    public async Task<Result<IReadOnlyList<T>>> ListAsync<TWire, T>(
        Uri first, JsonTypeInfo<Wire.ArmPage<TWire>> type, Func<TWire, T?> map, string about, CancellationToken cancellationToken)
        where TWire : class
        where T : class
    {
        var rows = new List<T>();
        var seen = new HashSet<Uri>();
        for (Uri? next = first; next is not null;)
        {
            if (!seen.Add(next) || seen.Count > MaxPages)
            {
                return new ArmFailure(ErrorKind.Unavailable, "pages-endless", $"The list at {first.AbsolutePath} leads to a page again, or has more than {MaxPages}.", 0, IsTransient: false);
            }

            var answer = await client.SendAsync(RequestMethod.Get, next, null, about, cancellationToken);
            if (!answer.IsSuccess)
            {
                return ArmFailures.Of(answer);
            }

            if (Parse(answer, type) is not { } page || !Append(page, map, rows))
            {
                return ArmFailures.Senseless(answer, "a list of resources");
            }

            next = string.IsNullOrEmpty(page.NextLink) ? null : client.Trusted(page.NextLink);
            if (next is null && !string.IsNullOrEmpty(page.NextLink))
            {
                return ArmFailures.Foreign("nextLink", page.NextLink, answer);
            }
        }

        return rows;
    }

    private static bool Append<TWire, T>(Wire.ArmPage<TWire> page, Func<TWire, T?> map, List<T> rows)
        where TWire : class
        where T : class
    {
        foreach (var row in page.Value ?? [])
        {
            if (row is null || map(row) is not { } value)
            {
                return false;
            }

            rows.Add(value);
        }

        return true;
    }

    private static TWire? Parse<TWire>(AzureAnswer answer, JsonTypeInfo<TWire> type)
        where TWire : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
