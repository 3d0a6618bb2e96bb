using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Registries;

/// <summary>What became of a write.</summary>
internal abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    public sealed record Done : WriteOutcome
    {
        public static Done Value { get; } = new();
    }

    public sealed record NotFound : WriteOutcome
    {
        public static NotFound Value { get; } = new();
    }

    /// <summary>An attribute forbids it.</summary>
    public sealed record Locked : WriteOutcome
    {
        public static Locked Value { get; } = new();
    }

    /// <summary>A manifest names content the repository does not hold.</summary>
    public sealed record Missing(IReadOnlyList<Digest> Digests) : WriteOutcome;

    public sealed record RepositoryDeleted(IReadOnlyList<Digest> Manifests, IReadOnlyList<string> Tags) : WriteOutcome;
}
