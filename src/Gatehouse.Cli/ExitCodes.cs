using Gatehouse.Core.Results;

namespace Gatehouse.Cli;

/// <summary>What the process says to scripts.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The command line is wrong, a file cannot be read, or no usable answer came.</summary>
    public const int Failed = 1;

    /// <summary>An answer came, and it is no.</summary>
    public const int Refused = 2;

    public static int Of(Error? error) => error switch
    {
        null => Ok,
        Refusal => Refused,
        _ => Failed,
    };
}

/// <summary>A considered no: the server's, the verifier's, or the policy's about an intake waited for.</summary>
internal record Refusal(ErrorKind Kind, string Code, string Message, string? Field = null) : Error(Kind, Code, Message, Field);
