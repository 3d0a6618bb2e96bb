using Gatehouse.Core.Estate;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Events;

/// <summary>Which host an event's push went to: what the event says, else the estate's by the registry's ARM id, else the registry's name in our cloud.</summary>
internal sealed class RegistryHosts(IEstateProvider estate, IOptions<EstateOptions> options)
{
    private const string Start = "/subscriptions/";
    private const string Marker = "/providers/Microsoft.ContainerRegistry/registries/";

    /// <summary>Null for events that are no push, and when neither the event nor its ARM id tells.</summary>
    public async ValueTask<string?> OfAsync(GridEvent source, CancellationToken cancellationToken)
    {
        if (source.Type != RegistryPush.ImagePushed)
        {
            return null;
        }

        if (source.Data.Text("request", "host") is { Length: > 0 } host)
        {
            return host;
        }

        // An event that cannot be read anyway needs no estate for that.
        if (string.IsNullOrEmpty(source.Data.Text("target", "repository")))
        {
            return null;
        }

        if ((RegistryId(source.Source) ?? RegistryId(source.Subject)) is not var (id, name))
        {
            return null;
        }

        var map = await estate.GetAsync(cancellationToken);
        return map.Registries.FirstOrDefault(registry => string.Equals(registry.ResourceId, id, StringComparison.OrdinalIgnoreCase))?.LoginServer
            ?? $"{name}.{options.Value.RegistrySuffix ?? EstateOptions.DefaultRegistrySuffix}";
    }

    /// <summary>The ARM id up to the registry, and the registry's name; what is below the registry is left out. Null for any other text, as a repository may be named like a part of one.</summary>
    private static (string Id, string Name)? RegistryId(string text)
    {
        var start = text.StartsWith(Start, StringComparison.OrdinalIgnoreCase) ? text.IndexOf(Marker, StringComparison.OrdinalIgnoreCase) : -1;
        if (start < 0)
        {
            return null;
        }

        start += Marker.Length;
        var end = text.IndexOf('/', start);
        end = end < 0 ? text.Length : end;
        var name = text[start..end];

        // The hyphen is in the names of registries that have a domain name label.
        return name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') ? (text[..end], name) : null;
    }
}
