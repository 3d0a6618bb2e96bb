namespace Gatehouse.Azure.Options;

internal enum RegistrySignInKind
{
    Entra,
    Token,
    Anonymous,
}

/// <summary>How one registry is signed in to: <c>Gatehouse:Azure:Registries:&lt;name&gt;</c>, the name as in estate.yaml.</summary>
public sealed class RegistrySignInOptions
{
    /// <summary>Entra, Token (a repository-scoped token of the registry's own) or Anonymous. The default is Entra.</summary>
    public string SignIn { get; set; } = nameof(RegistrySignInKind.Entra);

    /// <summary>The name of the repository-scoped token; for Token only.</summary>
    public string? Username { get; set; }

    /// <summary>One of the token's passwords; for Token only. Never logged.</summary>
    public string? Password { get; set; }

    /// <summary>Null when <see cref="SignIn"/> is none of the words.</summary>
    internal RegistrySignInKind? Kind => Enum.TryParse<RegistrySignInKind>(SignIn, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null;
}
