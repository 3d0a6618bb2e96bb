using Gatehouse.Core.Images;
using Gatehouse.Core.Results;

namespace Gatehouse.Registry.Layouts;

internal static class LayoutErrors
{
    public static Error Malformed(string path, string why) => new(ErrorKind.Invalid, "layout-malformed", $"{path} is not as an OCI layout has it: {why}.");

    public static Error Missing(string path) => new(ErrorKind.NotFound, "layout-incomplete", $"{path} is missing.");

    public static Error WrongDigest(string path, Digest digest) => new(ErrorKind.Invalid, "layout-digest-mismatch", $"{path} does not hash to {digest}.");

    public static Error NotOne(string root, string? name, IReadOnlyList<Descriptor> manifests) =>
        new(ErrorKind.NotFound, "layout-entry-unknown", name is null ? $"{root} has {manifests.Count} entries; name one." : $"{root} has not exactly one entry '{name}'.", "name")
        {
            Allowed = [.. manifests.Select(entry => entry.Annotations?.GetValueOrDefault(OciLayout.RefName) ?? entry.Digest.ToString())],
        };
}
