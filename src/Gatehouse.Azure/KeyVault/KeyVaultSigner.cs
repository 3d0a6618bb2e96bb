using System.Security.Cryptography;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.KeyVault;

/// <summary>
/// Signs in Key Vault, where the private key stays. One version signs until the vault names a newer one: it is asked for that at an interval,
/// and at once when the version in use is refused.
/// </summary>
internal sealed class KeyVaultSigner(KeyVaultClient client, IOptions<KeyVaultOptions> options, TimeProvider clock, ILogger<KeyVaultSigner> logger) : ICheckpointSigner, IReadinessCheck, IDisposable
{
    /// <summary>One line, so that it can be no checkpoint.</summary>
    private static readonly byte[] ProbeDigest = SHA256.HashData("gatehouse readiness probe"u8);

    /// <summary>After a failure, how long the answer of the last try stands for whoever asks whether we are ready.</summary>
    private static readonly TimeSpan ProblemLife = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _probing = new(1, 1);
    private readonly VaultKeyId _configured = VaultKeyId.TryParse(options.Value.KeyId) ?? throw new InvalidOperationException($"{KeyVaultOptions.Section}:KeyId is not usable.");

    private VaultKey? _key;
    private DateTimeOffset _refreshAt;
    private long _quietUntil;
    private volatile Verdict? _verdict;

    private sealed record Verdict(Error? Problem, DateTimeOffset Until);

    public async Task<string> GetKeyIdAsync(CancellationToken cancellationToken) => (await KeyAsync(cancellationToken)).Id.ToString();

    public async Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken) => (await KeyAsync(cancellationToken)).PublicKey;

    public async Task<KeySignature> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        (await SignAsync(SHA256.HashData(data.Span), cancellationToken)).TryGet(out var signature, out var error) ? signature : throw new SigningException(error);

    public async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (_verdict is { } known && clock.GetUtcNow() < known.Until)
        {
            return known.Problem?.Message;
        }

        // One asks for all: health is asked for by anyone, at any rate.
        await _probing.WaitAsync(cancellationToken);
        try
        {
            return _verdict is { } recent && clock.GetUtcNow() < recent.Until ? recent.Problem?.Message : await ProbeAsync(cancellationToken);
        }
        finally
        {
            _probing.Release();
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _probing.Dispose();
    }

    private async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ProbeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (await SignAsync(ProbeDigest, either.Token)).TryGet(out _, out var error) ? null : error.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Conclude(KeyVaultErrors.Unreachable(_configured, new Http.AzureFault("timed-out", "it did not answer in time."))).Message;
        }
    }

    private async Task<Result<KeySignature>> SignAsync(byte[] digest, CancellationToken cancellationToken)
    {
        var key = await FindKeyAsync(renew: false, cancellationToken);
        var signed = await SignAsync(key, digest, cancellationToken);
        if (signed.TryGet(out var signature, out var error) || !key.IsOk || !IsOfTheVersion(error))
        {
            return signature ?? (Result<KeySignature>)Conclude(error!);
        }

        // Rotated and the old version withdrawn, before we asked for a newer one.
        var newer = await FindKeyAsync(renew: true, cancellationToken);
        signed = newer.IsOk && newer.Value.Id == key.Value.Id ? error! : await SignAsync(newer, digest, cancellationToken);
        return signed.TryGet(out signature, out error) ? signature : Conclude(error);
    }

    private async Task<Result<KeySignature>> SignAsync(Result<VaultKey> found, byte[] digest, CancellationToken cancellationToken)
    {
        if (!found.TryGet(out var key, out var error))
        {
            return error;
        }

        var answer = await client.SignAsync(key, digest, cancellationToken);
        Heed(answer.Result.IsOk, answer.RetryAfter);
        return answer.Result.Map(signature =>
        {
            _verdict = new Verdict(null, clock.GetUtcNow() + options.Value.RefreshInterval);
            return new KeySignature(signature, key.Id.ToString(), key.PublicKey);
        });
    }

    private static bool IsOfTheVersion(Error error) => error.Code is "key-vault-key-disabled" or "key-vault-key-expired" or "key-vault-key-unknown";

    private async Task<VaultKey> KeyAsync(CancellationToken cancellationToken) =>
        (await FindKeyAsync(renew: false, cancellationToken)).TryGet(out var key, out var error) ? key : throw new SigningException(Conclude(error));

    /// <summary>The key that signs now. One that could not be renewed goes on: whether it may still sign, signing says.</summary>
    private async Task<Result<VaultKey>> FindKeyAsync(bool renew, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (new TimeSpan(Interlocked.Read(ref _quietUntil) - now.UtcTicks) is var quiet && quiet > TimeSpan.Zero)
            {
                return KeyVaultErrors.Throttled(_configured, quiet);
            }

            if (_key is { } current && !renew && now < _refreshAt)
            {
                return current;
            }

            var answer = await client.GetAsync(_configured, cancellationToken);
            Heed(answer.Result.IsOk, answer.RetryAfter);
            _refreshAt = now + options.Value.RefreshInterval;
            return answer.Result.TryGet(out var key, out var error) ? Adopt(key) : Keep(error, renew);
        }
        finally
        {
            _gate.Release();
        }
    }

    private VaultKey Adopt(VaultKey key)
    {
        if (_key?.Id != key.Id)
        {
            Log.KeyInUse(logger, key.Id.ToString(), _key?.Id.ToString() ?? "none");
            _key = key;
        }

        return key;
    }

    private Result<VaultKey> Keep(Error error, bool renew)
    {
        if (_key is not { } key || renew)
        {
            return error;
        }

        Log.KeyNotRenewed(logger, key.Id.ToString(), error.Message);
        return key;
    }

    /// <summary>A vault that wants to be left alone is.</summary>
    private void Heed(bool answered, TimeSpan? retryAfter)
    {
        if (!answered && retryAfter is { } wait)
        {
            Interlocked.Exchange(ref _quietUntil, (clock.GetUtcNow() + wait).UtcTicks);
        }
    }

    private Error Conclude(Error error)
    {
        Log.CannotSign(logger, error.Code, error.Message);
        _verdict = new Verdict(error, clock.GetUtcNow() + ProblemLife);
        return error;
    }
}
