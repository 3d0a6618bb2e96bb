using Gatehouse.Core.Images;
using Gatehouse.Functions.Tests.EndToEnd;
using Gatehouse.TestKit.Peers;

namespace Gatehouse.Functions.Tests.Crash;

/// <summary>What an image's own nature demands of its intake.</summary>
internal enum Fate
{
    Released,

    /// <summary>Refused before any scanner is asked: its source is denied.</summary>
    Forbidden,

    /// <summary>Refused for what the scanner found.</summary>
    Vulnerable,

    /// <summary>Refused because upstream has no such tag.</summary>
    Absent,

    /// <summary>The second person says no.</summary>
    Rejected,
}

/// <param name="Digest">What upstream has under the tag; null when it has nothing.</param>
internal sealed record PlannedImage(int Number, Fate Fate, string Repository, string Tag, Digest? Digest = null)
{
    public string Key => $"crash-{Number:D3}";

    public string State => Fate switch
    {
        Fate.Released => "Released",
        Fate.Rejected => "Rejected",
        _ => "Refused",
    };
}

/// <summary>Two hundred images: of every ten, six are clean (one of them for two platforms), one is rejected, and three are refused for different reasons.</summary>
internal static class CrashPlan
{
    public const int Images = 200;

    public static async Task<IReadOnlyList<PlannedImage>> PushAsync(EmulatedAzure azure, CancellationToken cancellationToken)
    {
        var images = Enumerable.Range(0, Images).Select(Plan).ToArray();
        await Parallel.ForEachAsync(Enumerable.Range(0, Images), cancellationToken, async (i, token) =>
        {
            var (image, architectures) = (images[i], i % 10 == 1 ? new[] { "amd64", "arm64" } : ["amd64"]);
            images[i] = image.Fate == Fate.Absent ? image : image with { Digest = await azure.PushAsync(image.Repository, image.Tag, token, architectures) };
        });
        return images;
    }

    /// <summary>Five tags share a repository, as they do in life.</summary>
    private static PlannedImage Plan(int number)
    {
        var (fate, name) = (number % 10) switch
        {
            6 => (Fate.Rejected, "team/unwanted"),
            7 => (Fate.Forbidden, "untrusted/app"),
            8 => (Fate.Vulnerable, $"team/{HarborScannerPeer.Bad}"),
            9 => (Fate.Absent, "team/absent"),
            _ => (Fate.Released, "team/app"),
        };
        return new PlannedImage(number, fate, $"{name}-{number / 50}-{number % 10}", $"1.{number / 10 % 5}");
    }
}
