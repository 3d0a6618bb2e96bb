using Gatehouse.Core.Results;

namespace Gatehouse.Core.Watches;

internal static class WatchErrors
{
    public static Error RepositoryPinned(string text) => new(
        ErrorKind.Invalid, "watch-repository-pinned", $"'{text}' names a tag or a digest; write registry and repository only, e.g. docker.io/library/alpine.", "repository");

    public static Error RepositoryMalformed(Error inner) => inner with { Code = "watch-repository-malformed", Field = "repository" };

    public static Error TagCount(int count) => new(
        ErrorKind.Invalid, "watch-tag-count", $"{count} tag patterns were given; write 1 to {TagPattern.MaxPatterns}.", "tags");

    public static Error TagMalformed(string? pattern) => new(
        ErrorKind.Invalid,
        "watch-tag-malformed",
        $"'{pattern}' is not a tag pattern; write 1 to 128 letters, digits, '_', '.' or '-', with '*' for any text and '?' for any character, not starting with '.' or '-'.",
        "tags");

    public static Error NotFound(string id) => new(ErrorKind.NotFound, "watch-unknown", $"There is no watch '{id}'; GET /api/watches lists them.", "id");
}
