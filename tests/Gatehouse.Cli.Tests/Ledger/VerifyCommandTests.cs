using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Gatehouse.Cli.Tests.Ledger;

public sealed class VerifyCommandTests
{
    public static TheoryData<string, string> Tampered => new()
    {
        { "byte", "ledger-root-mismatch" },
        { "drop-last", "ledger-size-mismatch" },
        { "drop-middle", "ledger-entry-out-of-order" },
        { "swap", "ledger-entry-out-of-order" },
        { "repeat", "ledger-entry-out-of-order" },
        { "checkpoint", "ledger-signature-wrong" },
        { "garbage", "ledger-export-malformed" },
        { "empty", "ledger-export-malformed" },
    };

    [Fact]
    public async Task Verify_GoodExport_PrintsWhatWasProven()
    {
        await using var files = await LedgerFiles.CreateAsync();

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export)).Exits(0);

        Assert.Equal("VERIFIED", run.Lines[0]);
        Assert.Contains("entries 11", run.Lines);
        Assert.Contains("root " + await files.RootAsync(), run.Lines);
        Assert.Contains("key sha256:" + await files.FingerprintAsync(), run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("key pinned no;", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("earlier not compared", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_KeyAndEarlierCheckpoint_SaysBothWereCompared()
    {
        await using var files = await LedgerFiles.CreateAsync();

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key, "--earlier", files.Earlier)).Exits(0);

        Assert.Contains("key pinned yes", run.Lines);
        Assert.Contains("earlier extended", run.Lines);
    }

    [Fact]
    public async Task Verify_PublishedCheckpoint_IsProvenToBeExtended()
    {
        await using var files = await LedgerFiles.CreateAsync();

        var unpinned = (await new Cli().RunAsync("ledger", "verify", files.Export, "--checkpoint", files.Published)).Exits(0);
        var pinned = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key, "--checkpoint", files.Published)).Exits(0);

        Assert.All((string[][])[[.. unpinned.Lines], [.. pinned.Lines]], lines => Assert.Contains("earlier extended", lines));
        Assert.StartsWith("gatehouse\n4\n", await File.ReadAllTextAsync(files.Published), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_CheckpointPublishedOfAnotherHistory_IsNotVerified()
    {
        await using var files = await LedgerFiles.CreateAsync();
        await using var others = await LedgerFiles.CreateAsync();
        var text = await File.ReadAllTextAsync(files.Published);
        var root = text.Split('\n')[2];
        await File.WriteAllTextAsync(files.Published, text.Replace(root, Convert.ToBase64String(SHA256.HashData("another history"u8)), StringComparison.Ordinal));

        var rewritten = (await new Cli().RunAsync("ledger", "verify", files.Export, "--checkpoint", files.Published)).Exits(2);
        var forged = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key, "--checkpoint", files.Published)).Exits(2);
        var foreign = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key, "--checkpoint", others.Published)).Exits(2);

        Assert.Contains("ledger-rewritten", rewritten.Error, StringComparison.Ordinal);
        Assert.Contains("ledger-signature-wrong", forged.Error, StringComparison.Ordinal);
        Assert.Contains("ledger-key-untrusted", foreign.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_RotatedKeys_AreTakenFromOneFile()
    {
        await using var files = await LedgerFiles.CreateAsync();
        using var old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(files.Key, old.ExportSubjectPublicKeyInfoPem() + "\n" + await File.ReadAllTextAsync(files.Key) + "\n");

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key, "--checkpoint", files.Published)).Exits(0);

        Assert.Contains("key pinned yes", run.Lines);
    }

    [Fact]
    public async Task Verify_CheckpointTwice_IsAUsageError()
    {
        await using var files = await LedgerFiles.CreateAsync();

        (await new Cli().RunAsync("ledger", "verify", files.Export, "--checkpoint", files.Published, "--earlier", files.Earlier)).Exits(1);
    }

    [Fact]
    public async Task Verify_Json_IsOneDocument()
    {
        await using var files = await LedgerFiles.CreateAsync();

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--json")).Exits(0);

        using var json = JsonDocument.Parse(run.Out);
        Assert.True(json.RootElement.GetProperty("verified").GetBoolean());
        Assert.Equal(11, json.RootElement.GetProperty("size").GetInt64());
        Assert.Equal(await files.RootAsync(), json.RootElement.GetProperty("root").GetString());
        Assert.Equal(await files.FingerprintAsync(), json.RootElement.GetProperty("keyFingerprint").GetString());
        Assert.False(json.RootElement.GetProperty("keyPinned").GetBoolean());
        Assert.False(json.RootElement.GetProperty("extendsEarlier").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Tampered))]
    public async Task Verify_TamperedExport_IsNotVerified(string how, string code)
    {
        await using var files = await LedgerFiles.CreateAsync();
        await files.TamperAsync(lines => Tamper(how, lines));

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export)).Exits(2);
        var json = (await new Cli().RunAsync("ledger", "verify", files.Export, "--json")).Exits(2);

        Assert.Equal("NOT VERIFIED\n", run.Out);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.StartsWith($$"""{"verified":false,"code":"{{code}}","message":""", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AnotherKey_IsNotVerified()
    {
        await using var files = await LedgerFiles.CreateAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(files.Key, other.ExportSubjectPublicKeyInfoPem());

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key)).Exits(2);

        Assert.Contains("ledger-key-untrusted", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_CheckpointOfAnotherHistory_IsNotVerified()
    {
        await using var files = await LedgerFiles.CreateAsync();
        var text = await File.ReadAllTextAsync(files.Earlier);
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement.GetProperty("root").GetString()!;
        var forged = Convert.ToBase64String(SHA256.HashData("another history"u8));
        await File.WriteAllTextAsync(files.Earlier, text.Replace(JsonEncodedText.Encode(root).ToString(), JsonEncodedText.Encode(forged).ToString(), StringComparison.Ordinal));

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--earlier", files.Earlier)).Exits(2);

        Assert.Contains("ledger-rewritten", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ForgedEarlierCheckpointUnderAPinnedKey_IsNotVerified()
    {
        await using var files = await LedgerFiles.CreateAsync();
        await using var others = await LedgerFiles.CreateAsync();

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key, "--earlier", others.Earlier)).Exits(2);

        Assert.Contains("The earlier checkpoint:", run.Error, StringComparison.Ordinal);
        Assert.Contains("ledger-signature-wrong", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"origin":"gatehouse","size":-1,"root":"AA==","at":"2026-03-01T12:00:00Z","keyId":"k","body":"gatehouse\n-1\nAA==\n","signature":"AA=="}""")]
    [InlineData("""{"origin":"gatehouse","size":4,"root":"AA==","at":"2026-03-01T12:00:00Z","keyId":"k","body":"gatehouse\n5\nAA==\n","signature":"AA=="}""")]
    [InlineData("""{"origin":"gatehouse","size":4,"root":"%","at":"2026-03-01T12:00:00Z","keyId":"k","body":"gatehouse\n4\n%\n","signature":"AA=="}""")]
    public async Task Verify_NoCheckpointInTheEarlierFile_IsAUsageError(string content)
    {
        await using var files = await LedgerFiles.CreateAsync();
        await File.WriteAllTextAsync(files.Earlier, content);

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--earlier", files.Earlier)).Exits(1);

        Assert.Contains("checkpoint-malformed", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no pem")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task Verify_NoKeyInTheKeyFile_IsAUsageError(string content)
    {
        await using var files = await LedgerFiles.CreateAsync();
        await File.WriteAllTextAsync(files.Key, content);

        var run = (await new Cli().RunAsync("ledger", "verify", files.Export, "--public-key", files.Key)).Exits(1);

        Assert.Contains("key-malformed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_NoFile_IsNamed()
    {
        var run = (await new Cli().RunAsync("ledger", "verify", "/nowhere/ledger.jsonl")).Exits(1);

        Assert.Contains("'/nowhere/ledger.jsonl' cannot be used", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    private static List<string> Tamper(string how, List<string> lines)
    {
        switch (how)
        {
            case "byte":
                var start = lines[5].IndexOf("\"data\":\"", StringComparison.Ordinal) + 20;
                lines[5] = lines[5][..start] + (lines[5][start] == 'A' ? 'B' : 'A') + lines[5][(start + 1)..];
                break;
            case "drop-last":
                lines.RemoveAt(lines.Count - 1);
                break;
            case "drop-middle":
                lines.RemoveAt(5);
                break;
            case "swap":
                (lines[5], lines[6]) = (lines[6], lines[5]);
                break;
            case "repeat":
                lines.Insert(5, lines[4]);
                break;
            case "checkpoint":
                lines[0] = lines[0].Replace("gatehouse\\n11\\n", "gatehouse\\n12\\n", StringComparison.Ordinal);
                break;
            case "garbage":
                lines[5] = "garbage";
                break;
            default:
                lines.Clear();
                break;
        }

        return lines;
    }
}
