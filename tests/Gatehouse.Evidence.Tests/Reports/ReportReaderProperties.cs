using FsCheck;
using FsCheck.Fluent;
using Gatehouse.TestKit;

namespace Gatehouse.Evidence.Tests.Reports;

public class ReportReaderProperties
{
    private static readonly string?[] ContentTypes =
    [
        null, "application/sarif+json", "application/vnd.security.vulnerability.report; version=1.1",
        "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0", ";;",
    ];

    private static readonly string[] Pieces = ["null", "[]", "{}", "\"\\ud800\"", "-1e999", "true", "\"\"", "[[]]", "{\"id\":{}}"];

    [Fact]
    public void Read_AnyBytes_IsAReportOrAnError() =>
        Prop.ForAll<byte[], int>((bytes, type) => Reads(bytes ?? [], type)).Check(PropertyRuns.Of());

    /// <summary>Real reports with bytes flipped, cut out, or values replaced.</summary>
    [Fact]
    public void Read_MutatedReports_AreReportsOrErrors()
    {
        var documents = TestReports.Readable.Select(TestReports.Bytes).ToArray();
        var mutations = Gen.Choose(0, documents.Length - 1).SelectMany(
            which => Gen.Choose(0, documents[which].Length - 1).SelectMany(
                at => Gen.Choose(0, 255 + 64 + Pieces.Length).Select(how => Mutate(documents[which], at, how))));

        Prop.ForAll(mutations.ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), Reads)
            .Check(PropertyRuns.Of(2_000));
    }

    private static bool Reads(byte[] bytes, int type)
    {
        var result = TestReports.Reader.Read(bytes, ContentTypes[Math.Abs(type % ContentTypes.Length)]);
        return result.IsOk ? result.Value.Findings.All(finding => finding.Id.Length > 0 && finding.Package.Length > 0) : result.Error.Message.Length > 0;
    }

    private static byte[] Mutate(byte[] document, int at, int how) => how switch
    {
        < 256 => [.. document[..at], (byte)how, .. document[(at + 1)..]],
        < 256 + 64 => [.. document[..at], .. document[Math.Min(document.Length, at + how - 255)..]],
        _ => ReplaceValue(document, at, Pieces[(how - 320) % Pieces.Length]),
    };

    /// <summary>The value after the next colon becomes something of another kind.</summary>
    private static byte[] ReplaceValue(byte[] document, int at, string piece)
    {
        var colon = Array.IndexOf(document, (byte)':', at);
        var end = colon < 0 ? -1 : Array.FindIndex(document, colon, b => b is (byte)',' or (byte)'\n' or (byte)'}');
        return end < 0 ? document : [.. document[..(colon + 1)], .. System.Text.Encoding.UTF8.GetBytes(piece), .. document[end..]];
    }
}
