using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hooks;

/// <summary>Section <c>Gatehouse:Hooks</c>: the shared secret of each upstream's webhook. A hook without one is closed.</summary>
internal sealed class HookOptions
{
    public const string Section = "Gatehouse:Hooks";

    /// <summary>Characters.</summary>
    public const int MinSecretLength = 16;

    /// <summary>Shared with Docker Hub's webhook. Closed without one; 16 characters or more.</summary>
    public string? DockerHub { get; set; }

    /// <summary>Shared with Harbor's webhook. Closed without one; 16 characters or more.</summary>
    public string? Harbor { get; set; }

    /// <summary>Shared with Diun's webhook. Closed without one; 16 characters or more.</summary>
    public string? Diun { get; set; }

    /// <summary>Shared with GitHub's webhook. Closed without one; 16 characters or more.</summary>
    public string? Ghcr { get; set; }

    /// <summary>Shared with Quay's webhook. Closed without one; 16 characters or more.</summary>
    public string? Quay { get; set; }

    /// <summary>Sent by Event Grid's webhook deliveries, as a static delivery header or in the endpoint URL. Without one, and without <c>EventGridEntra</c>, closed; 16 characters or more.</summary>
    public string? EventGrid { get; set; }

    /// <summary>For cluster admission, where the caller has no token with the role Agent.</summary>
    public string? Kubernetes { get; set; }

    public string? SecretOf(string source) => source switch
    {
        "dockerhub" => DockerHub,
        "harbor" => Harbor,
        "diun" => Diun,
        "ghcr" => Ghcr,
        "quay" => Quay,
        "eventgrid" => EventGrid,
        "kubernetes" => Kubernetes,
        _ => null,
    };
}

internal sealed class HookOptionsValidator : IValidateOptions<HookOptions>
{
    private static readonly string[] Names = [nameof(HookOptions.DockerHub), nameof(HookOptions.Harbor), nameof(HookOptions.Diun), nameof(HookOptions.Ghcr), nameof(HookOptions.Quay), nameof(HookOptions.EventGrid), nameof(HookOptions.Kubernetes)];

    public ValidateOptionsResult Validate(string? name, HookOptions options)
    {
        var failures = Names
            .Where(hook => options.SecretOf(hook.ToLowerInvariant()) is { Length: > 0 and < HookOptions.MinSecretLength })
            .Select(hook => $"Gatehouse:Hooks:{hook} is shorter than {HookOptions.MinSecretLength} characters.")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
